import { Fault } from '../../resources/index.ts';

/** The Fault that `work` raises. @throws Error where it raises none; whatever else it raises */
export function faultOf(work: () => unknown): Fault {
  try {
    work();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('No fault was raised.');
}

/** The Fault with which `work` ends. */
export async function faultFrom(work: Promise<unknown>): Promise<Fault> {
  const ended = await work.then(
    () => new Error('No fault was raised.'),
    (error: unknown) => error,
  );
  if (ended instanceof Fault) return ended;
  throw ended;
}

/** Expressions of a fault's findings, in order. */
export function expressionsOf(fault: Fault): (string | undefined)[] {
  return fault.findings.map(({ expression }) => expression);
}
