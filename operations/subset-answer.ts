/** `_summary` and `_elements` on a read. https://hl7.org/fhir/R4/search.html#summary */
import { parseJson, parseSubset, subset, writeJson } from '../resources/index.ts';
import type { Call } from './call.ts';
import type { Answer } from './interaction.ts';

/** The answer with only the part of its resource that the call asks for. @throws Fault `invalid-value`, `invalid-request` */
export function subsetAnswer(call: Call, answer: Answer): Answer {
  if (call.query.length === 0) return answer;
  const valuesOf = (name: string) => call.query.flatMap(([key, value]) => (key === name ? [value] : []));
  const wanted = parseSubset(valuesOf('_summary'), valuesOf('_elements'), [call.type!]);
  if (!wanted) return answer;
  const { value, digits } = parseJson(answer.body!);
  return { ...answer, body: writeJson(subset(value, wanted, digits), digits) };
}
