/** How far a load is, for people: one line that changes on a terminal, a line now and then elsewhere. */

export interface Progress {
  /** Told of each piece of the files that was read. */
  read(bytes: number): void;
  /** Says how much there is to read. */
  begin(bytes: number): void;
  stop(): void;
}

/** How often a line is written. */
const TERMINAL_MS = 200;
const ELSEWHERE_MS = 5_000;

export function openProgress(
  stream: { readonly isTTY?: boolean; write(text: string): unknown },
  now: () => number = Date.now,
): Progress {
  let total = 0;
  let done = 0;
  let startedAt = 0;
  let toldAt = 0;
  const tell = () => {
    const percent = Math.min(100, Math.floor((100 * done) / Math.max(total, 1)));
    const rest = percent < 100 ? '' : ', working out the hierarchy and the indexes';
    const seconds = Math.round((now() - startedAt) / 1000);
    const text = `Reading: ${percent} % of ${(total / 1e6).toFixed(1)} MB, ${seconds} s${rest}`;
    stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    toldAt = now();
  };
  return {
    begin(bytes) {
      total = bytes;
      done = 0;
      startedAt = now();
      toldAt = startedAt;
    },
    read(bytes) {
      done += bytes;
      const isEnd = done >= total && done - bytes < total;
      if (startedAt > 0 && (isEnd || now() - toldAt >= (stream.isTTY ? TERMINAL_MS : ELSEWHERE_MS))) tell();
    },
    stop() {
      if (stream.isTTY && startedAt > 0) stream.write('\n');
      startedAt = 0;
    },
  };
}
