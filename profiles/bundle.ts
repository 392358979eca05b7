/** Bundles: what their entries are and how they refer to each other. https://hl7.org/fhir/R4/bundle.html */
import { parseReference } from '../resources/index.ts';
import type { Account } from './account.ts';
import { BundleIndex } from './bundle-index.ts';
import type { Way } from './way.ts';

/** Checks what the invariants of Bundle do not say in FHIRPath; those are checked beside. */
export function checkBundle(bundle: any, report: Account, at: Way | undefined): void {
  const entries: any[] = Array.isArray(bundle.entry) ? bundle.entry : [];
  for (const [index, entry] of entries.entries()) {
    if (typeof entry !== 'object' || entry === null) continue;
    checkFullUrl(bundle, entry, index, report, at);
    if (bundle.type === 'searchset') checkSearch(entry, index, report, at);
  }
  checkLinks(bundle, report, at);
  if (bundle.type === 'document') {
    checkInside(
      bundle,
      ['entry', 'subject', 'encounter', 'author', 'attester', 'custodian', 'event', 'section'],
      report,
      at,
    );
  } else if (bundle.type === 'message') checkInside(bundle, ['focus'], report, at);
}

function checkFullUrl(
  bundle: any,
  { fullUrl, resource }: any,
  index: number,
  report: Account,
  at: Way | undefined,
): void {
  const isRequest = bundle.type === 'batch' || bundle.type === 'transaction';
  const told = (text: string, hint: string, severity: 'error' | 'warning' = 'error'): void => {
    if (!report.wants(severity)) return;
    const way = report.way(report.way(at, 'entry', index), 'fullUrl', -1);
    report.say({ severity, kind: 'unprocessable', issue: 'invalid', rule: 'fullUrl', text, at: way, hint });
  };
  if (fullUrl === undefined) {
    if (
      resource !== undefined &&
      !isRequest &&
      !['batch-response', 'transaction-response'].includes(bundle.type) &&
      needsFullUrl(bundle)
    )
      told(
        'An entry with a resource needs a fullUrl here, so that others can refer to it.',
        'Add urn:uuid: and a UUID, or the address of the resource.',
      );
    return;
  }
  if (typeof fullUrl !== 'string') return;
  const parts = parseReference(fullUrl);
  if (parts.kind !== 'absolute' && parts.kind !== 'urn') {
    const text = 'A fullUrl is absolute; references lead nowhere by this one.';
    told(text, 'Write the whole address of the resource, or urn:uuid: and a UUID.', 'warning');
    return;
  }
  const id = resource?.id;
  if (isRequest || parts.kind !== 'absolute' || parts.id === undefined || typeof id !== 'string') return;
  if (parts.id === id && parts.type === resource.resourceType) return;
  told(
    `The fullUrl says ${parts.type}/${parts.id}, but the resource is ${String(resource.resourceType).slice(0, 64)}/${id.slice(0, 64)}.`,
    'Let both name the same resource, or use urn:uuid: and a UUID.',
  );
}

function needsFullUrl({ type }: any): boolean {
  return type === 'document' || type === 'message';
}

function checkSearch({ search, resource }: any, index: number, report: Account, at: Way | undefined): void {
  const told = (text: string, hint: string): void => {
    if (!report.wants()) return;
    const way = report.way(report.way(at, 'entry', index), 'resource', -1);
    report.say({ kind: 'unprocessable', issue: 'invalid', rule: 'search', text, at: way, hint });
  };
  const mode = search?.mode;
  const type = resource?.resourceType;
  if (mode === 'outcome' && type !== undefined && type !== 'OperationOutcome')
    told('An entry of mode `outcome` holds an OperationOutcome.', 'Correct the mode of the entry.');
  if (
    (mode === 'match' || mode === 'include') &&
    typeof resource?.resourceType === 'string' &&
    resource.id === undefined
  )
    told('What a search finds has an id.', 'Give the resource its id.');
}

const once = new Set(['self', 'first', 'prev', 'previous', 'next', 'last']);

function checkLinks({ link }: any, report: Account, at: Way | undefined): void {
  const seen = new Set<string>();
  for (const [index, one] of (Array.isArray(link) ? link : []).entries()) {
    const relation = one?.relation;
    if (!once.has(relation)) continue;
    if (seen.has(relation) && report.wants()) {
      const way = report.way(at, 'link', index);
      const text = `A Bundle has only one link of relation \`${relation}\`.`;
      report.say({ kind: 'unprocessable', issue: 'invalid', rule: 'link', text, at: way, hint: 'Remove the others.' });
    }
    seen.add(relation);
  }
}

/** What the first resource of a document or message refers to stands in the Bundle as well. */
function checkInside(bundle: any, members: readonly string[], report: Account, at: Way | undefined): void {
  const first = bundle.entry?.[0];
  if (typeof first?.resource !== 'object' || first.resource === null) return;
  const index = new BundleIndex(bundle);
  let named: Set<string> | undefined;
  const way = report.telling ? report.way(report.way(at, 'entry', 0), 'resource', -1) : at;
  for (const member of members) visit(first.resource[member], way, member, -1);

  function visit(value: any, up: Way | undefined, name: string, place: number): void {
    if (typeof value !== 'object' || value === null) return;
    if (Array.isArray(value)) {
      for (const [i, item] of value.entries()) visit(item, up, name, i);
      return;
    }
    const here = report.telling ? report.way(up, name, place) : up;
    if (typeof value.reference === 'string') {
      missing(value.reference, here);
      return;
    }
    for (const key in value) if (key !== 'extension' && key !== 'modifierExtension') visit(value[key], here, key, -1);
  }

  function isNamed(reference: string): boolean {
    named ??= new Set(bundle.entry.map((entry: any) => `${entry?.resource?.resourceType}/${entry?.resource?.id}`));
    return named.has(reference);
  }

  function missing(reference: string, here: Way | undefined): void {
    if (reference.startsWith('#') || index.find(reference, first.fullUrl) !== undefined) return;
    // Many guides write Type/id beside a fullUrl of urn:uuid:, which leads nowhere by the rules, though everybody sees what is meant.
    const severity = isNamed(reference) ? 'warning' : 'error';
    if (!report.wants(severity)) return;
    report.say({
      severity,
      kind: 'unprocessable',
      issue: 'not-found',
      rule: 'bundle-reference',
      text: `\`${reference.slice(0, 100)}\` is not in the Bundle, and a ${bundle.type} holds what its ${first.resource.resourceType} refers to.`,
      at: here,
      hint: 'Add the resource with a fullUrl that the reference leads to: relative ones are meant on the server of the fullUrl of the entry.',
    });
  }
}
