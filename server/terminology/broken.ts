/** A release that cannot be loaded, told with the place where it is broken. */
import { Refusal } from '../refusal.ts';

/** @param line from 1; 0 where it is about the file as a whole */
export function broken(file: string, line: number, reason: string, hint?: string, cause?: unknown): Refusal {
  return new Refusal(`${file}${line > 0 ? `, line ${line}` : ''}: ${reason}.`, hint, cause);
}
