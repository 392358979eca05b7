import { describe, expect, it } from 'vitest';
import { RANK } from '../../../../store/search/condition.ts';
import { driverAcross } from '../../../../store/search/plan/across.ts';
import { conditionsOf } from '../../../../store/search/plan/conditions.ts';
import { toStatement } from '../../../../store/sql.ts';
import { hash, scopeFor, textOf, treeOf } from '../scope.ts';

const scope = scopeFor();
const asked = (query: string, types: readonly string[]) =>
  types.map((type) => ({
    type,
    conditions: conditionsOf(treeOf(`${type}?${query}`).criteria, undefined, type, 'o', scope),
  }));

describe('driverAcross', () => {
  it('finds what is in a compartment by one look-up of all that refers to its resource', () => {
    const driver = driverAcross([], { type: 'Patient', id: 'ewa' }, scope)!;
    expect(driver).toMatchObject({ rank: RANK.subject, isWhole: true });
    expect(textOf(driver.across!).match(/FROM res r/g)).toHaveLength(2);
    expect(toStatement(driver.across!).values).toContainEqual([hash('rid|Patient/ewa') ^ hash('ref|*')]);
  });

  it('finds each type by its own index', () => {
    const driver = driverAcross(asked('date=2024-05-02', ['Observation', 'Encounter']), undefined, scope)!;
    expect(textOf(driver.across!)).toMatch(/SELECT 4::smallint AS type.* UNION ALL .*SELECT 2::smallint AS type/s);
  });

  it('finds nothing where one of the types has no index', () =>
    expect(driverAcross(asked('date=ne2024-05-02', ['Observation', 'Encounter']), undefined, scope)).toBeUndefined());

  it('does not plan for many types', () => {
    const [one] = asked('date=2024-05-02', ['Observation']);
    expect(
      driverAcross(
        Array.from({ length: 13 }, () => one!),
        undefined,
        scope,
      ),
    ).toBeUndefined();
  });
});
