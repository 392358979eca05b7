/** Memory outside the heap that goes back at once and not when garbage is next collected, which it does not hasten. */
import { isMarkedAsUntransferable } from 'node:worker_threads';

/** Gives a buffer's memory back. It cannot be used any more. */
export function release({ buffer }: Buffer<ArrayBuffer>): void {
  // Small buffers share memory with others, which Node.js has marked.
  if (!isMarkedAsUntransferable(buffer)) buffer.transfer(0);
}

/** The same bytes in a buffer of exactly their length, for those that are kept for long; the given one is released. */
export function trimmed(buffer: Buffer<ArrayBuffer>): Buffer<ArrayBuffer> {
  const exact = Buffer.allocUnsafeSlow(buffer.length);
  buffer.copy(exact);
  release(buffer);
  return exact;
}
