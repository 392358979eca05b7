import { describe, expect, it } from 'vitest';
import { fitting, reachOf } from '../../../store/guides/depend.ts';

describe('fitting', () => {
  const there = ['6.1.0', '6.1.2', '7.0.0', '10.0.0'];

  it('is the version itself, or the highest that a pattern allows', () => {
    expect(fitting(there, '6.1.0')).toBe('6.1.0');
    expect(fitting(there, '6.1.x')).toBe('6.1.2');
    expect(fitting(there, '6.x')).toBe('6.1.2');
    expect(fitting(there, 'latest')).toBe('10.0.0');
    expect(fitting(there, 'current$branch')).toBe('10.0.0');
  });

  it('is none where none fits', () => {
    expect(fitting(there, '6.1.1')).toBe(undefined);
    expect(fitting(there, '8.x')).toBe(undefined);
    expect(fitting([], 'latest')).toBe(undefined);
  });
});

describe('reachOf', () => {
  const guide = (n: number, name: string, version: string, depends = {}) => ({ n, name, version, depends });

  it('holds a guide itself and all that it depends on, at however many steps', () => {
    const guides = [
      guide(1, 'core', '6.1.0'),
      guide(2, 'core', '7.0.0'),
      guide(3, 'hrex', '1.0.0', { core: '7.0.0' }),
      guide(4, 'pas', '2.2.1', { hrex: '1.0.x', absent: '1.0.0' }),
    ];
    const reach = reachOf(guides);
    expect([...reach].map(([n, reached]) => [n, [...reached].sort()])).toEqual([
      [1, [1]],
      [2, [2]],
      [3, [2, 3]],
      [4, [2, 3, 4]],
    ]);
  });

  it('ends where guides depend on each other', () => {
    expect([...reachOf([guide(1, 'a', '1', { b: '1' }), guide(2, 'b', '1', { a: '1' })]).get(1)!]).toEqual([1, 2]);
  });
});
