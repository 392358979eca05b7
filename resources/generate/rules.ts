/** What R4 says of types and elements beyond their structure: bindings, invariants, narrower types. */
import type { Structure } from './structures.ts';

/** As `rules.json` holds an invariant; severity is left out where it is `error`. */
export interface WrittenInvariant {
  key: string;
  severity?: 'warning';
  human: string;
  expression: string;
  bestPractice?: true;
}

interface WrittenElement {
  /** Strength, value set, and the largest value set that is allowed. */
  binding?: string[];
  invariants?: WrittenInvariant[];
  /** Quantities here are SimpleQuantities. */
  simple?: true;
}

interface WrittenRules {
  invariants?: WrittenInvariant[];
  elements?: Record<string, WrittenElement>;
}

/** The file `rules.json`: name of a type → what it must fulfil, and its elements, as far as there is anything to say. */
export function toRules(structures: readonly Structure[]): Record<string, WrittenRules> {
  const rules: Record<string, WrittenRules> = {};
  const of = (name: string): WrittenRules => {
    rules[name] ??= {};
    return rules[name];
  };
  for (const { name, kind, root, elements } of structures) {
    if (kind === 'primitive-type') continue;
    add(of(name), invariantsOf(name, root));
    for (const element of elements) {
      const isBackbone = ['BackboneElement', 'Element'].includes(element.type?.[0]?.code) || element.contentReference;
      const invariants = invariantsOf(element.path, element);
      if (isBackbone && !element.contentReference) add(of(element.path), invariants);
      const written = toElement(element, isBackbone ? [] : invariants);
      if (Object.keys(written).length === 0) continue;
      const at = element.path.lastIndexOf('.');
      const holder = of(element.path.slice(0, at));
      holder.elements ??= {};
      holder.elements[element.path.slice(at + 1).replace('[x]', '')] = written;
    }
  }
  return Object.fromEntries(Object.entries(rules).filter(([, it]) => Object.keys(it).length > 0));
}

const strengths = ['required', 'extensible', 'preferred', 'example'];

/** Said of every element, or checked without an expression: see profiles/standing.ts. */
const everywhere = new Set(['ele-1', 'ext-1', 'dom-2', 'dom-3', 'dom-4', 'dom-5', 'dom-6', 'txt-1', 'txt-2', 'ref-1']);

/** Not of R4: the package took it from R5, on elements that R4 does not have. */
const strange = new Set(['EvidenceVariable.characteristic evv-1']);

/**
 * Expressions that do not say what the sentence beside them says; path and key → what was meant.
 * que-7 asks for a Boolean of FHIRPath, which no element of FHIR is; con-3 compares a CodeableConcept with a text, which is
 * never equal; app-4 was published with the code `no-show`, which R4 writes `noshow`; que-12 asks from three conditions on
 * what its sentence asks from two on.
 */
const amended: Readonly<Record<string, string>> = {
  'Questionnaire.item.enableWhen que-7': "operator = 'exists' implies (answer is boolean)",
  'Condition con-3':
    "clinicalStatus.exists() or verificationStatus.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-ver-status' and code = 'entered-in-error').exists() or category.coding.where(system='http://terminology.hl7.org/CodeSystem/condition-category' and code='problem-list-item').empty()",
  'Questionnaire.item que-12': 'enableWhen.count() > 1 implies enableBehavior.exists()',
  'Appointment app-4':
    "Appointment.cancelationReason.exists() implies (Appointment.status='noshow' or Appointment.status='cancelled')",
};

/** A resource may do without a name: R4 forgot to say so, R4B says it. */
function named(expression: string): string {
  return expression.startsWith('name.matches(') ? `name.exists() implies ${expression}` : expression;
}

function add(rules: WrittenRules, invariants: WrittenInvariant[]): void {
  if (invariants.length > 0) rules.invariants = invariants;
}

function invariantsOf(path: string, element: any): WrittenInvariant[] {
  return (element.constraint ?? [])
    .filter((it: any) => it.expression && !everywhere.has(it.key) && !strange.has(`${path} ${it.key}`))
    .map((it: any) => ({
      key: it.key,
      ...(it.severity === 'warning' ? { severity: 'warning' } : {}),
      human: it.human.trim(),
      expression: amended[`${path} ${it.key}`] ?? named(it.expression),
      ...(isBestPractice(it) ? { bestPractice: true } : {}),
    }));
}

function isBestPractice({ extension }: any): boolean {
  const url = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-bestpractice';
  return extension?.some((it: any) => it.url === url && it.valueBoolean === true) ?? false;
}

function toElement(element: any, invariants: WrittenInvariant[]): WrittenElement {
  const { binding } = element;
  const simple = element.type?.some((type: any) =>
    type.profile?.some((url: string) => url.endsWith('/SimpleQuantity')),
  );
  return {
    ...(binding?.valueSet && strengths.includes(binding.strength)
      ? { binding: [binding.strength, binding.valueSet, ...maxValueSet(binding)] }
      : {}),
    ...(invariants.length > 0 ? { invariants } : {}),
    ...(simple ? { simple: true } : {}),
  };
}

function maxValueSet({ extension }: any): string[] {
  const url = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';
  return (extension ?? [])
    .filter((it: any) => it.url === url)
    .map((it: any) => it.valueCanonical ?? it.valueUri ?? it.valueReference?.reference)
    .filter((it: any) => it !== undefined);
}
