/**
 * Continuations of a search: where the next page begins, as a text that says nothing to whoever reads it, that cannot be
 * changed, and that serves only the caller and the search that it was made for.
 */
import { createCipheriv, createDecipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import { type Access, Fault } from '../../resources/index.ts';
import type { Position, Start } from './plan.ts';
import type { Search } from './tree.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The continuation after (backwards: before) a row.
 * @param secret of the database
 */
export function toPage(secret: Buffer, start: Start, search: Search, access: Access): string {
  const { position, backwards, given } = start;
  const nonce = randomBytes(NONCE_BYTES);
  // Sort keys are parts of records (names, birth dates), and links end up in logs: hence a cipher, not only a signature.
  const cipher = createCipheriv(CIPHER, keyOf(secret), nonce).setAAD(bound(search, access));
  const text = JSON.stringify([backwards ? 1 : 0, position.type, position.id, position.keys, given]);
  return Buffer.concat([nonce, cipher.update(text), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

/** @throws Fault `invalid-value` where it was changed, or made for another caller or another search */
export function fromPage(secret: Buffer, text: string, search: Search, access: Access): Start {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const cipher = createDecipheriv(CIPHER, keyOf(secret), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    cipher.setAAD(bound(search, access)).setAuthTag(bytes.subarray(-TAG_BYTES));
    const content = Buffer.concat([cipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), cipher.final()]);
    const [backwards, type, id, keys, given] = JSON.parse(content.toString()) as [
      number,
      number,
      string,
      Position['keys'],
      number | null,
    ];
    return { backwards: backwards === 1, position: { type, id, keys }, given: given ?? undefined };
  } catch (cause) {
    throw new Fault(
      'invalid-value',
      'The link to this page was changed, or was made for another search or another caller.',
      {
        expression: '_page',
        hint: 'Follow the links of a Bundle as they are, or begin at the first page.',
        cause,
      },
    );
  }
}

function keyOf(secret: Buffer): Buffer {
  return createHmac('sha256', secret).update('search page').digest();
}

function bound({ types, compartment, honoured }: Search, { actor }: Access): Buffer {
  const query = honoured.filter(([name]) => name !== '_format' && name !== '_pretty');
  return createHash('sha256')
    .update(JSON.stringify([actor, types, compartment, query]))
    .digest();
}
