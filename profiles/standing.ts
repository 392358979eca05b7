/**
 * What R4 asks of every resource and of a few datatypes, checked without an expression because it is asked so often, or
 * because FHIRPath cannot say it: ele-1, ext-1, dom-2 to dom-6, ref-1, txt-1, txt-2, attachments.
 * Tests hold these to the expressions of R4.
 */
import { createHash } from 'node:crypto';
import type { Account } from './account.ts';
import { formats } from './formats.ts';
import { narrativeFault } from './narrative.ts';
import type { Way } from './way.ts';

/** ele-1: an element has a value or children; an id alone is neither. */
export function checkLoneId(report: Account, at: Way | undefined): void {
  if (!report.wants()) return;
  report.say({
    kind: 'invalid-structure',
    issue: 'invariant',
    rule: 'ele-1',
    text: 'An element that has nothing but an id says nothing.',
    at,
    hint: 'Give it content, or leave it out.',
  });
}

/**
 * An absolute address, no path on this server. Of a Coding R4 says "should", so laboratories with names of their own are
 * warned only; a value set that takes codes from nowhere is wrong.
 * https://hl7.org/fhir/R4/datatypes-definitions.html#Coding.system
 */
export function checkAbsolute(
  system: string,
  severity: 'error' | 'warning',
  report: Account,
  at: Way | undefined,
): void {
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(system) || !report.wants(severity)) return;
  report.say({
    severity,
    kind: 'invalid-value',
    issue: 'value',
    rule: 'system',
    text: `\`${system.slice(0, 80).toWellFormed()}\` names no code system that others could find: its address should be absolute.`,
    at,
    hint: 'Write the url of the CodeSystem, or urn:oid: and its OID.',
  });
}

/** ext-1: an extension has extensions or a value, not both. */
export function checkExtensionContent(extension: any, hasValue: boolean, report: Account, at: Way | undefined): void {
  if ((extension.extension !== undefined) !== hasValue || !report.wants()) return;
  report.say({
    kind: 'invalid-structure',
    issue: 'invariant',
    rule: 'ext-1',
    text: hasValue
      ? 'An extension has a value or extensions, not both.'
      : 'An extension needs a value, or extensions inside.',
    at,
    hint: hasValue ? 'Remove one of them.' : 'Add `value[x]`.',
  });
}

/** dom-6: a resource should have a narrative. What is contained should not: its container tells of it. */
export function checkBare(resource: any, report: Account, at: Way | undefined): void {
  if (report.insideContained || resource.text?.div !== undefined || !report.wants('warning')) return;
  report.say({
    severity: 'warning',
    kind: 'unprocessable',
    issue: 'invariant',
    rule: 'dom-6',
    text: 'A resource should have a narrative that people can read.',
    at,
    hint: 'Add `text` with a status and a <div>; best practice, not a must.',
  });
}

/** dom-2 to dom-5: contained resources have no life of their own, and something refers to them. */
export function checkContained(resource: any, report: Account, at: Way | undefined): void {
  const contained: any[] = Array.isArray(resource.contained) ? resource.contained : [];
  const ids = new Set<unknown>();
  const unreferred = new Set(contained.map((one) => `#${one?.id}`));
  strike(unreferred, resource);
  for (const [index, one] of contained.entries()) {
    if (typeof one !== 'object' || one === null) continue;
    const told = (rule: string, text: string, hint: string): void => {
      if (!report.wants()) return;
      const way = report.way(at, 'contained', index);
      report.say({ kind: 'invalid-structure', issue: 'invariant', rule, text, at: way, hint });
    };
    if (ids.has(one.id)) told('dom-3', `Two contained resources have the id \`${one.id}\`.`, 'Give each its own.');
    ids.add(one.id);
    if (one.meta?.versionId !== undefined || one.meta?.lastUpdated !== undefined)
      told(
        'dom-4',
        'A contained resource has no version and no time of change.',
        'Leave meta.versionId and meta.lastUpdated out.',
      );
    if (one.meta?.security !== undefined)
      told('dom-5', 'A contained resource has no security labels of its own.', 'Label the resource that contains it.');
    if (typeof one.id === 'string' && unreferred.has(`#${one.id}`) && !strike(new Set(['#']), one))
      told(
        'dom-3',
        `Nothing refers to the contained resource \`${one.id}\`.`,
        `Refer to it as \`#${one.id}\`, or leave it out.`,
      );
  }
}

/** ref-1: `#id` leads to a contained resource of the outermost resource; `#` alone is that resource itself. */
export function checkLocal(literal: unknown, report: Account, at: Way | undefined): void {
  if (typeof literal !== 'string' || literal.charCodeAt(0) !== 0x23 || literal.length === 1) return;
  if (report.resolve(literal) !== undefined || !report.wants()) return;
  report.say({
    kind: 'invalid-reference',
    issue: 'invariant',
    rule: 'ref-1',
    text: `\`${literal.slice(0, 64)}\` refers to a contained resource that is not there.`,
    at: report.way(at, 'reference', -1),
    hint: 'Contain a resource with this id, or refer to one elsewhere.',
  });
}

/** txt-1 and txt-2. */
export function checkNarrative(xhtml: unknown, report: Account, at: Way | undefined): void {
  if (typeof xhtml !== 'string') return;
  const fault = narrativeFault(xhtml);
  if (fault === undefined || !report.wants()) return;
  report.say({
    kind: 'invalid-value',
    issue: 'invariant',
    rule: fault.rule,
    text: `The narrative ${fault.text}.`,
    at: report.way(at, 'div', -1),
    hint: 'See https://hl7.org/fhir/R4/narrative.html#xhtml for what it may hold.',
  });
}

/** Size and hash of an attachment are those of its data; hashes of another kind are in use, so they only warn. https://hl7.org/fhir/R4/datatypes.html#Attachment */
export function checkAttachment({ data, size, hash }: any, report: Account, at: Way | undefined): void {
  if (typeof data !== 'string' || (size === undefined && hash === undefined) || !formats.base64Binary!(data)) return;
  const bytes = Buffer.from(data, 'base64');
  const told = (name: string, text: string, hint: string, severity: 'error' | 'warning' = 'error'): void => {
    if (report.wants(severity))
      report.say({
        severity,
        kind: 'unprocessable',
        issue: 'value',
        rule: 'attachment',
        text,
        at: report.way(at, name, -1),
        hint,
      });
  };
  if (typeof size === 'number' && size !== bytes.length)
    told(
      'size',
      `The size is given as ${size}, but the data have ${bytes.length} bytes.`,
      'Correct the size or leave it out.',
    );
  if (typeof hash === 'string' && formats.base64Binary!(hash) && !sameHash(bytes, hash))
    told(
      'hash',
      'The hash is not that of the data.',
      'Write the SHA-1 of the data in base64, or leave it out.',
      'warning',
    );
}

function sameHash(bytes: Buffer, hash: string): boolean {
  const given = Buffer.from(hash, 'base64');
  const own = createHash('sha1').update(bytes).digest();
  // Some write the hexadecimal digits of the hash, as text, into the base64.
  return own.equals(given) || own.toString('hex') === given.toString('latin1').toLowerCase();
}

/**
 * Strikes out what a value refers to, be it by references, canonicals or uris, wherever they stand in it.
 * @returns whether nothing is left; then it looks no further
 */
function strike(links: Set<string>, value: any): boolean {
  if (typeof value === 'string') {
    if (value.charCodeAt(0) === 0x23) links.delete(value);
  } else if (Array.isArray(value)) {
    for (const item of value) if (strike(links, item)) return true;
  } else if (typeof value === 'object' && value !== null) {
    for (const key in value) {
      const member = value[key];
      // What is neither is most of it.
      if (typeof member !== 'object' && (typeof member !== 'string' || member.charCodeAt(0) !== 0x23)) continue;
      if (strike(links, member)) return true;
    }
  }
  return links.size === 0;
}
