import { expect, it } from 'vitest';
import { byStage, type CpuProfile, IDLE, selfTimes, stageOf } from '../../bench/cpu-profile.ts';

const frame = (functionName: string, url = '') => ({ functionName, url, lineNumber: 0 });
const PROFILE: CpuProfile = {
  nodes: [
    { id: 1, callFrame: frame('(root)'), children: [2, 4, 5] },
    { id: 2, callFrame: frame('extract', 'file:///srv/vesta/store/search/extract.ts'), children: [3] },
    { id: 3, callFrame: frame('toString') },
    { id: 4, callFrame: frame('(idle)') },
    { id: 5, callFrame: frame('query', 'file:///srv/vesta/node_modules/pg/lib/client.js') },
  ],
  startTime: 1000,
  samples: [2, 3, 4, 5, 5],
  timeDeltas: [0, 100, 50, 400, 30],
};

it('counts a built-in function for the stage that called it', () => {
  const stages = byStage(selfTimes(PROFILE));
  expect(stages).toContainEqual({ stage: 'index values (store/search)', micros: 150 });
  expect(stages).toContainEqual({ stage: IDLE, micros: 400 });
  expect(stages).toContainEqual({ stage: 'Postgres client (pg)', micros: 30 });
});

it('leaves out what was sampled before and after the measured run', () => {
  const shares = selfTimes(PROFILE, 1090, 1160);
  expect(shares.map((share) => share.stage)).toEqual([IDLE, 'index values (store/search)']);
});

it('names the floor of each source', () => {
  expect(stageOf('judge', 'file:///srv/profiles/validate.ts')).toBe('structure check (profiles)');
  expect(stageOf('writeHead', 'node:_http_server')).toBe('Node: HTTP and sockets');
  expect(stageOf('handle', 'file:///srv/node_modules/fastify/lib/route.js')).toBe('Fastify');
  expect(stageOf('toString', '')).toContain('built-in');
});
