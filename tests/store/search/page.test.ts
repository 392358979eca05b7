import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type Access, openAccess } from '../../../resources/index.ts';
import { fromPage, toPage } from '../../../store/search/page.ts';
import { parseSearch } from '../../../store/search/parse.ts';
import type { Query } from '../../../store/search/tree.ts';
import { faultOf } from '../../setup/fault.ts';

const secret = randomBytes(32);
const search = (query: Query) =>
  parseSearch({ type: 'Patient', query, handling: 'strict', limits: { countDefault: 50, countMax: 1000 } });
const byName = search([
  ['family', 'Smith'],
  ['_sort', 'family'],
]);
const start = { position: { type: 1, id: 'p-7', keys: ['smith', null] }, backwards: false };

describe('a continuation', () => {
  it('comes back as it was', () =>
    expect(fromPage(secret, toPage(secret, start, byName, openAccess), byName, openAccess)).toEqual(start));

  it('does not show what it holds', () =>
    expect(Buffer.from(toPage(secret, start, byName, openAccess), 'base64url').toString('latin1')).not.toContain(
      'smith',
    ));

  it('serves only the caller that it was made for', () => {
    const other: Access = { ...openAccess, actor: 'Practitioner/2' };
    const text = toPage(secret, start, byName, openAccess);
    expect(faultOf(() => fromPage(secret, text, byName, other)).kind).toBe('invalid-value');
  });

  it('serves only the search that it was made for', () => {
    const text = toPage(secret, start, byName, openAccess);
    expect(
      faultOf(() =>
        fromPage(
          secret,
          text,
          search([
            ['family', 'Jones'],
            ['_sort', 'family'],
          ]),
          openAccess,
        ),
      ).status,
    ).toBe(400);
  });

  it('does not depend on how the page is shown', () => {
    const text = toPage(secret, start, byName, openAccess);
    const pretty = search([...byName.honoured, ['_pretty', 'true']]);
    expect(fromPage(secret, text, pretty, openAccess)).toEqual(start);
  });

  it('cannot be changed in any of its bytes', () => {
    const bytes = Buffer.from(toPage(secret, start, byName, openAccess), 'base64url');
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1;
      expect(faultOf(() => fromPage(secret, changed.toString('base64url'), byName, openAccess)).kind).toBe(
        'invalid-value',
      );
    }
  });

  it.each(['', 'YWJj', 'x', '%%%', 'a'.repeat(200)])('is not %j', (text) =>
    expect(faultOf(() => fromPage(secret, text, byName, openAccess)).findings[0]!.expression).toBe('_page'),
  );
});
