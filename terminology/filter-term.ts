/** A filter of a value set as a term: what some systems mean by filters of their own. */
import type { ConceptFilter, Term } from '../store/index.ts';
import { eclTerm, MEMBER_OF, type NoTerm } from './ecl.ts';
import type { System } from './system.ts';

const SNOMED = 'http://snomed.info/sct';
const LOINC = 'http://loinc.org';

/** What must hold of a code to be picked by the filter; or why there is no saying. */
export function filterTerm(filter: ConceptFilter, system: System): Term | NoTerm {
  const { property, op, value } = filter;
  // https://hl7.org/fhir/R4/snomedct.html#filters
  if (property === 'constraint' && op === '=') {
    const term = eclTerm(value, system);
    return 'because' in term && !('kind' in term)
      ? { because: `${term.because}, in its filter on ${system.url}` }
      : term;
  }
  const meant = meantBy(filter, system.url);
  if (system.offers(meant)) return { kind: 'filter', system, filter: meant };
  const named = system.version === undefined ? system.url : `${system.url}|${system.version}`;
  return { because: `its filter ${property} ${op} on ${named} is not offered` };
}

function meantBy(filter: ConceptFilter, url: string): ConceptFilter {
  const { property, op, value } = filter;
  if (url === SNOMED && property === 'concept' && op === 'in' && !value.includes(',')) {
    return { property: MEMBER_OF, op: '=', value };
  }
  // https://hl7.org/fhir/R4/loinc.html#filters
  if (url === LOINC && property === 'ancestor' && op === '=')
    return { property: 'concept', op: 'descendent-of', value };
  return filter;
}
