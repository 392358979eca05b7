/** Whether codes are in value sets: terms evaluated for one code, in three values. */
import type { Term } from '../store/index.ts';
import { hasAttributes } from './attributes.ts';
import { isInactive } from './hierarchy.ts';
import type { System } from './system.ts';

/**
 * Whether a term holds of a code.
 * @returns undefined where that cannot be said here
 */
export function holds(term: Term, code: string): boolean | undefined {
  switch (term.kind) {
    case 'all':
      return true;
    case 'none':
      return false;
    case 'unknown':
      return undefined;
    case 'codes':
      return term.codes.has(term.isCaseless ? code.toLowerCase() : code);
    case 'known':
      return (term.system as System).find(code) !== undefined || ifComplete(term.system as System);
    case 'active': {
      const concept = (term.system as System).find(code);
      return concept === undefined || !isInactive(concept);
    }
    case 'filter': {
      const system = term.system as System;
      return system.find(code) === undefined ? ifComplete(system) : system.passes(code, term.filter);
    }
    case 'attributes':
      return hasAttributes(term, code, holds);
    case 'not': {
      const inner = holds(term.of, code);
      return inner === undefined ? undefined : !inner;
    }
    case 'and':
      return one(term.of, code, false);
    case 'or':
      return one(term.of, code, true);
  }
}

/** What can be said of a code that is not found. */
function ifComplete({ isComplete }: System): false | undefined {
  return isComplete ? false : undefined;
}

/** Whether one of them has this value; every one is looked at, so that everything that is lacking is known at once. */
function one(terms: readonly Term[], code: string, value: boolean): boolean | undefined {
  let answer: boolean | undefined = !value;
  let isDecided = false;
  for (const term of terms) {
    const inner = holds(term, code);
    if (inner === value) isDecided = true;
    else if (inner === undefined) answer = undefined;
  }
  return isDecided ? value : answer;
}
