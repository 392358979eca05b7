import { describe, expect, it } from 'vitest';
import { searchParameters } from '../../../../resources/index.ts';
import { RANK } from '../../../../store/search/condition.ts';
import { conditionsOf, slotKeys } from '../../../../store/search/plan/conditions.ts';
import { hash, scopeFor, textOf, treeOf } from '../scope.ts';

const conditions = (url: string) => {
  const { criteria, compartment, types } = treeOf(url);
  return conditionsOf(criteria, compartment, types[0]!, 'o', scopeFor());
};

describe('conditionsOf', () => {
  it('finds ids by the primary key', () => {
    const [condition] = conditions('Patient?_id=a,b');
    expect(condition!.driver!.rank).toBe(RANK.key);
    expect(textOf(condition!.filter)).toBe('(o.id = any($1::text[]))');
  });

  it('answers :missing by the set of slots that have a value', () => {
    expect(textOf(conditions('Patient?birthdate:missing=true')[0]!.filter)).toMatch(
      /^\(NOT \(o\.sig = any\(array\(SELECT s\.sig FROM sig s/,
    );
    expect(textOf(conditions('Patient?birthdate:missing=false')[0]!.filter)).toMatch(/^\(o\.sig = any/);
  });

  it('puts the conditions of a chain on another alias, with their own access', () => {
    const text = textOf(conditions('Observation?patient.organization.name=north')[0]!.filter);
    expect(text).toMatch(
      /FROM \(SELECT [^()]* FROM res_patient r UNION ALL .* FROM contained c\) o_ WHERE .*NOT o_\.deleted/,
    );
    expect(text).toMatch(/FROM res_(rest|organization) r UNION ALL .*\) o__ WHERE/);
  });

  it('keeps the planner from joining what a chain found', () =>
    expect(textOf(conditions('Observation?patient.gender=male')[0]!.filter)).toContain('OFFSET 0'));

  it('finds the targets of a reverse chain among those that refer to them', () => {
    const [condition] = conditions('Patient?_has:Observation:patient:code=x');
    expect(textOf(condition!.driver!.rids!)).toContain('SELECT o_.subj AS rid FROM res_observation o_');
  });

  it('takes every parameter that leads into a compartment', () => {
    const tree = treeOf('Observation');
    const [condition] = conditionsOf(tree.criteria, { type: 'Patient', id: '7' }, 'Observation', 'o', scopeFor());
    expect(textOf(condition!.filter)).toContain(' OR ');
    const [own] = conditionsOf([], { type: 'Patient', id: '7' }, 'Patient', 'o', scopeFor());
    expect(textOf(own!.filter)).toContain('o.id = any');
  });
});

describe('slotKeys', () => {
  it('is one key for all parameters on an element', () => {
    const keys = (code: string) => slotKeys(searchParameters('Observation').get(code)!, scopeFor());
    expect(keys('patient')).toEqual(keys('subject'));
    expect(keys('subject')).toEqual([hash('ref|Observation.subject:reference')]);
  });
});
