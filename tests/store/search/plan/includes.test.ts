import { describe, expect, it } from 'vitest';
import { includedTypes, planIncludes } from '../../../../store/search/plan/includes.ts';
import { scopeFor, textOf, treeOf } from '../scope.ts';

const plan = (url: string) => planIncludes(treeOf(url), 1000, scopeFor()).map(textOf);

describe('includedTypes', () => {
  const types = (url: string) => includedTypes(treeOf(url).includes);

  it('names the types that can come, so that no others are planned for', () => {
    expect(types('Observation?_include=Observation:encounter&_revinclude=Provenance:target')).toEqual([
      'Encounter',
      'Provenance',
    ]);
    expect(types('Observation?_include=Observation:subject:Patient')).toEqual(['Patient']);
  });

  it('names none where any may come', () => expect(types('Observation?_include=*')).toBeUndefined());
});

describe('planIncludes', () => {
  it('makes rids of tokens for what matches refer to', () => {
    const [first] = plan('Observation?_include=Observation:subject:Patient');
    expect(first).toContain('JOIN res_patient r ON r.type = 1 AND r.rid = (t # k)');
  });

  it('makes tokens of rids for what refers to matches', () =>
    expect(plan('Patient?_revinclude=Observation:subject')[0]).toContain('r.h && array(SELECT b.rid # k FROM p b'));

  it('takes each resource once, one more than the limit, and no match', () => {
    const last = plan('Observation?_include=Observation:subject').at(-1)!;
    expect(last).toContain('SELECT DISTINCT f.type, f.id, f.ver');
    expect(last).toContain('NOT EXISTS (SELECT FROM p');
    expect(last).toContain('LIMIT 1001');
  });

  it('goes on from what is included only where that is asked', () => {
    expect(plan('Observation?_include=Observation:subject')).toHaveLength(2);
    expect(plan('Observation?_include:iterate=Observation:has-member').join()).toContain('WITH RECURSIVE');
  });
});
