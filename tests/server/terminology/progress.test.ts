import { expect, it } from 'vitest';
import { openProgress } from '../../../server/terminology/progress.ts';

it('tells on a terminal in one line, elsewhere in a line now and then, and at the end', () => {
  for (const isTTY of [true, false]) {
    const told: string[] = [];
    let time = 1;
    const progress = openProgress({ isTTY, write: (text) => told.push(text) }, () => time);
    progress.begin(2_000_000);
    progress.read(1_000_000);
    expect(told).toEqual([]);
    time += 6_000;
    progress.read(500_000);
    progress.read(500_000);
    progress.stop();
    expect(told[0]).toContain('Reading: 75 % of 2.0 MB, 6 s');
    expect(told[1]).toContain('100 % of 2.0 MB, 6 s, working out the hierarchy and the indexes');
    expect(told.length).toBe(isTTY ? 3 : 2);
  }
});
