/** Opaque continuations of pages: what a server wrote, signed, so that it can be believed when it comes back. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { Fault } from '../resources/index.ts';

const SIGNATURE_BYTES = 12;

/** @param key secret of the database @param content JSON text */
export function toCursor(key: Buffer, content: string): string {
  const bytes = Buffer.from(content);
  return Buffer.concat([signature(key, bytes), bytes]).toString('base64url');
}

/** @returns the content @throws Fault `invalid-value` where the text was not made by this database */
export function fromCursor(key: Buffer, text: string): string {
  const bytes = Buffer.from(text, 'base64url');
  const content = bytes.subarray(SIGNATURE_BYTES);
  if (bytes.length > SIGNATURE_BYTES && timingSafeEqual(signature(key, content), bytes.subarray(0, SIGNATURE_BYTES))) {
    return content.toString();
  }
  throw new Fault('invalid-value', 'The link to this page was not made by this server, or was changed.', {
    expression: '_page',
    hint: 'Follow the links of a Bundle as they are, or begin at the first page.',
  });
}

function signature(key: Buffer, content: Buffer): Buffer {
  return createHmac('sha256', key).update(content).digest().subarray(0, SIGNATURE_BYTES);
}
