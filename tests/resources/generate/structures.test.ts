import { beforeAll, describe, expect, it } from 'vitest';
import { sourcePackage } from '../../../resources/generate/source.ts';
import { readStructures, type Structure } from '../../../resources/generate/structures.ts';

let structures: Structure[];
const paths = (type: string) => structures.find((it) => it.name === type)!.elements.map((it) => it.path);

beforeAll(() => {
  structures = readStructures(sourcePackage().folder);
});

describe('readStructures', () => {
  it('leaves out what the package adds to R4', () => {
    expect(structures.some((it) => it.name === 'SubscriptionStatus')).toBe(false);
    expect(paths('Meta')).toEqual(
      ['id', 'extension', 'versionId', 'lastUpdated', 'source', 'profile', 'security', 'tag'].map((it) => `Meta.${it}`),
    );
    expect(paths('ResearchStudy').filter((it) => /recruitment|progressStatus|whyStopped/.test(it))).toEqual([]);
    expect(paths('EvidenceVariable').filter((it) => /definitionBy|linkId/.test(it))).toEqual([]);
  });

  it('puts back what the package took away', () => {
    expect(paths('EvidenceVariable')).toContain('EvidenceVariable.characteristic.groupMeasure');
  });

  it('keeps what HL7 could not name in dataelements.json: inherited elements, quantities, content references, long paths', () => {
    expect(paths('Age')).toContain('Age.value');
    expect(paths('TestScript')).toContain('TestScript.test.action.operation');
    expect(paths('ResearchElementDefinition')).toContain(
      'ResearchElementDefinition.characteristic.participantEffective[x]',
    );
    expect(paths('MedicinalProductIngredient').filter((it) => it.includes('referenceStrength')).length).toBeGreaterThan(
      4,
    );
  });
});
