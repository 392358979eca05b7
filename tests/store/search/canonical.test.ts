import { describe, expect, it } from 'vitest';
import { searchParameters } from '../../../resources/index.ts';
import {
  addCanonicalReference,
  CANONICAL,
  canonicalText,
  isDefinition,
  mayBeCanonical,
  ownCanonicals,
} from '../../../store/search/canonical.ts';
import { extract, extractor } from './extracting.ts';

const PHQ = 'http://hospital.example/Questionnaire/phq-9';
const [slot] = searchParameters('QuestionnaireResponse').get('questionnaire')!.slots;
const key = extractor.hash(`ref|${slot!.name}`);
const own = extractor.hash(CANONICAL);
const answers = (questionnaire: string) =>
  extract({ resourceType: 'QuestionnaireResponse', status: 'completed', questionnaire });
const questionnaire = (version?: string) =>
  extract({ resourceType: 'Questionnaire', status: 'active', url: PHQ, ...(version ? { version } : {}) });
/** What stands for the targets of a response, and for the addresses of a questionnaire. */
const named = ({ h, nr }: { h: readonly bigint[]; nr: number }) => h.slice(0, nr).map((token) => token ^ key);
const names = ({ h }: { h: readonly bigint[] }) => h.map((token) => token ^ own);
const meets = (reference: string, version?: string) =>
  named(answers(reference)).some((one) => names(questionnaire(version)).includes(one));

describe('a canonical', () => {
  it.each([
    [PHQ, undefined, true],
    [PHQ, '1.0', true],
    [`${PHQ}|1.0`, '1.0', true],
    [`${PHQ}|1.0#item`, '1.0', true],
    [`${PHQ}|1.0`, '1.1', false],
    [`${PHQ}|1.0`, undefined, false],
    [`${PHQ}-2`, '1.0', false],
  ])('%s leads to the definition of version %s: %s', (reference, version, isMet) =>
    expect(meets(reference, version)).toBe(isMet),
  );

  it('is a text that no other address and version make', () =>
    expect(canonicalText('a', '1')).not.toBe(canonicalText('a|1', undefined)));

  it('stands once among the references of a resource', () => {
    const added: number[] = [];
    const hasher = { digest: () => {}, low: 1, high: 2 };
    addCanonicalReference(PHQ, undefined, 'k', { hasher, addReference: (low: number) => added.push(low) } as never);
    expect(added).toEqual([0]);
    expect(new Set(answers(PHQ).h).size).toBe(answers(PHQ).h.length);
  });

  it('finds a definition by its address alone, and by its version', () => {
    const hasher = { hash: (text: string) => extractor.hash(text) } as never;
    expect(ownCanonicals(PHQ, undefined, hasher)).toHaveLength(1);
    expect(questionnaire('1.0').h).toEqual(expect.arrayContaining(ownCanonicals(PHQ, '1.0', hasher)));
  });
});

it('is known by the parameters whose elements hold one', () => {
  const isOne = (type: string, code: string) => mayBeCanonical(searchParameters(type).get(code)!);
  expect(isOne('QuestionnaireResponse', 'questionnaire')).toBe(true);
  expect(isOne('QuestionnaireResponse', 'subject')).toBe(false);
  expect(isOne('ValueSet', 'url')).toBe(false);
  expect(['Questionnaire', 'ValueSet', 'Patient', 'Endpoint'].map(isDefinition)).toEqual([true, true, false, false]);
});
