/** Makes pieces of the population on a thread of its own: generated, prepared and encoded for Postgres. */
import { isMarkedAsUntransferable, parentPort, workerData } from 'node:worker_threads';
import { parseJson } from '../../resources/index.ts';
import { openPreparer } from '../../store/index.ts';
import type { Piece, ThreadData } from './load.ts';
import { resourceOf } from './population.ts';

const { sizes, preparer } = workerData as ThreadData;
const { encoder } = openPreparer(preparer);

parentPort!.on('message', ({ type, from, to, lastUpdated }: Piece) => {
  const made = Array.from({ length: to - from }, (_, n) => resourceOf(type, from + n, sizes));
  let textToCome = made.reduce((sum, { text }) => sum + text.length, 0);
  const rows = encoder(lastUpdated);
  for (const { id, text, references } of made) {
    rows.add({ type, id, method: 'PUT', parsed: parseJson(text), references }, textToCome);
    textToCome -= text.length;
  }
  const encoded = rows.finish();
  const buffers = encoded.statements.flatMap(({ values }) => values.map(({ buffer }) => buffer));
  parentPort!.postMessage(encoded, [...new Set(buffers.filter((buffer) => !isMarkedAsUntransferable(buffer)))]);
});
