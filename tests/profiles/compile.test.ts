import { expect, it } from 'vitest';
import { checkerOf } from '../../profiles/compile.ts';
import { resourceTypes, typeDef } from '../../resources/index.ts';

it('writes working code for every type of R4', () => {
  for (const type of resourceTypes()) {
    const faults: string[] = [];
    const report: any = new Proxy(
      {},
      { get: (_, name) => (name === 'telling' ? false : () => faults.push(String(name))) },
    );
    checkerOf(type)({ resourceType: type, id: 'x' }, report, undefined, type);
    const required = typeDef(type).elements.some((element) => element.min > 0);
    expect(faults, type).toEqual(required ? ['missing'] : []);
  }
});

it('has room for the required elements of every type in one number', () => {
  for (const type of resourceTypes()) expect(typeDef(type).elements.filter((it) => it.min > 0).length).toBeLessThan(31);
});

it('refuses a type that R4 does not have', () => {
  expect(() => checkerOf('Patent')).toThrow('Patent');
});
