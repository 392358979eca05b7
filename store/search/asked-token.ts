/** Tokens as they stand in the URL, and the code systems that plain codes are from. */
import { codeSetSystems, codeSets, Fault, type Slot } from '../../resources/index.ts';
import { splitUnescaped, unescaped } from './escape.ts';

/** A token asked for. System undefined: any; '': none. Code undefined: any of the system. */
export interface Asked {
  readonly system: string | undefined;
  readonly code: string | undefined;
}

/** Reads `code`, `system|code`, `|code`, `system|`. @throws Fault `invalid-value` */
export function parseToken(text: string, parameter: string): Asked {
  const parts = splitUnescaped(text, '|').map(unescaped);
  if (parts.length > 2 || parts.every((part) => part === '')) {
    throw new Fault('invalid-value', `${parameter}=${text.slice(0, 80)} is not a token.`, {
      expression: parameter,
      hint: 'Write code, system|code, |code for one without a system, or system| for any of a system; a | within a part is \\|.',
    });
  }
  if (parts.length === 1) return { system: undefined, code: parts[0]! };
  return { system: parts[0]!, code: parts[1] === '' ? undefined : parts[1]! };
}

/**
 * The systems of the plain codes of a slot; undefined where its element is bound to no set that this server can list, so
 * that they may be of any. https://hl7.org/fhir/R4/search.html#token: the system is implicit
 */
export function impliedSystems(slot: Slot): readonly string[] | undefined {
  if (slot.fhirTypes.includes('boolean')) return SPECIAL_VALUES;
  return slot.codes === undefined ? undefined : (codeSetSystems()[slot.codes] ?? []);
}

/** The plain codes that a slot may have; none where they cannot be listed. */
export function impliedCodes({ codes, fhirTypes }: Slot): readonly string[] {
  if (fhirTypes.includes('boolean')) return ['true', 'false'];
  return codes === undefined ? [] : (codeSets()[codes] ?? []);
}

const SPECIAL_VALUES: readonly string[] = [
  'http://hl7.org/fhir/special-values',
  'http://terminology.hl7.org/CodeSystem/special-values',
];
