import { describe, expect, it } from 'vitest';
import { openBar } from '../../../server/load/bar.ts';

describe('the bar of a load', () => {
  it('can be told everything in any order, also where there is nothing to load', () => {
    const file = { path: 'a.json', bytes: 10, kind: 'json', packed: false } as const;
    const bar = openBar(1);
    bar.surveyed(file);
    bar.stored(3);
    bar.planned(0);
    bar.stop();
    bar.planned(10);
    bar.stored(2);
    bar.finished(file);
    expect(() => bar.stop()).not.toThrow();
  });
});
