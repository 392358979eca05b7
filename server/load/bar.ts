/** The progress of a load, for people: one bar on a terminal, a line now and then elsewhere. */
import { SingleBar } from 'cli-progress';
import type { SourceFile } from './files.ts';
import type { Progress } from './plan.ts';

export interface Bar extends Progress {
  /** Told after each resource or Bundle. */
  stored(resources: number): void;
  stop(): void;
}

/** How often a line is written where there is no terminal. */
const LINE_MS = 5_000;

/** Opens the bar for so many files. */
export function openBar(files: number): Bar {
  const startedAt = Date.now();
  let resources = 0;
  let looked = 0;
  const bar = new SingleBar({
    format: 'Loading {bar} {percentage} % · {resources} resources · {rate}/s',
    hideCursor: true,
    noTTYOutput: true,
    notTTYSchedule: LINE_MS,
    stream: process.stderr,
  });
  const payload = () => ({ resources, rate: Math.round(resources / Math.max((Date.now() - startedAt) / 1000, 0.001)) });
  let isRunning = false;
  return {
    surveyed() {
      looked++;
      if (process.stderr.isTTY) process.stderr.write(`\rLooking through the files: ${looked} of ${files}`);
      if (looked === files && process.stderr.isTTY) process.stderr.write('\n');
    },
    planned(bytes) {
      if (bytes === 0) return;
      isRunning = true;
      bar.start(bytes, 0, payload());
    },
    finished(file: SourceFile) {
      bar.increment(file.bytes, payload());
    },
    stored(count) {
      resources += count;
      if (isRunning) bar.update(payload());
    },
    stop() {
      if (isRunning) bar.stop();
      isRunning = false;
    },
  };
}
