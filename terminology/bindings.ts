/** Value sets of bindings: as the caller sees them now, held in memory where they are small. */
import type { Context } from '../resources/index.ts';
import type { DefinitionName } from '../store/index.ts';
import { boundCodes, boundData, type HeldCodes } from './bound.ts';
import { compose, termOf } from './composition.ts';
import { holds } from './membership.ts';
import { isInOutside, type Outside } from './outside.ts';
import type { Shelf } from './shelf.ts';
import type { Shelves } from './shelves.ts';

/** Whether a code is in a value set. */
export interface BoundQuestion {
  /** Canonical, with or without version. */
  readonly valueSet: string;
  /** undefined for elements of type `code`. */
  readonly system: string | undefined;
  readonly code: string;
}

export interface Bindings {
  /**
   * The value sets of these canonicals, those of R4 itself and those stored here and visible to the caller; null for one that
   * is not known. No trip where they were asked for before and nothing changed since.
   */
  bound(canonicals: readonly string[], context: Context): Promise<Map<string, HeldCodes | null>>;
  /**
   * Answers for codes of sets too large to be held, all in one trip.
   * @returns for each question whether the code is in the set; undefined where that cannot be said
   */
  contains(questions: readonly BoundQuestion[], context: Context): Promise<(boolean | undefined)[]>;
}

/** Value sets looked up together: of hundreds, as of a whole guide, a part at a time. */
const TOGETHER_MAX = 100;

/** @param outside is asked about codes of systems that are not at hand */
export function openBindings(shelves: Shelves, outside?: Outside): Bindings {
  return {
    async bound(canonicals, context) {
      const answers = new Map<string, HeldCodes | null>();
      const wanted = [...new Set(canonicals)];
      for (let from = 0; from < wanted.length; from += TOGETHER_MAX) {
        const some = wanted.slice(from, from + TOGETHER_MAX);
        const shelf = await shelves.gather(namesOf(some), context);
        for (const canonical of some) {
          const codes = await held(canonical, shelf, shelves, context);
          answers.set(canonical, codes && outside ? askable(codes) : codes);
        }
      }
      return answers;
    },

    async contains(questions, context) {
      const canonicals = [...new Set(questions.map(({ valueSet }) => valueSet))];
      const shelf = await shelves.gather(namesOf(canonicals), context);
      const here = await shelves.settle(() => {
        const compositions = new Map(
          canonicals.map((canonical) => {
            const valueSet = shelf.valueSet(canonical);
            return [canonical, valueSet && compose(valueSet, shelf)];
          }),
        );
        return questions.map(({ valueSet, system, code }) => {
          const composition = compositions.get(valueSet);
          if (!composition || system === undefined) return undefined;
          return holds(termOf(composition, system), code);
        });
      }, context);
      if (!outside) return here;
      // All at once, so that nobody waits longer than one question may take.
      return Promise.all(
        here.map((answer, index) => {
          const question = questions[index]!;
          const valueSet = answer === undefined ? shelf.valueSet(question.valueSet) : undefined;
          return valueSet ? isInOutside(outside, valueSet, question, context) : answer;
        }),
      );
    },
  };
}

/** Of a set that cannot be decided here each code is asked for. */
function askable(codes: HeldCodes): HeldCodes {
  const { data } = codes;
  return data.undecided.length > 0 && !data.isLarge ? boundCodes({ ...data, isLarge: true }) : codes;
}

/** Made once for each shelf, and gone with it. */
const made = new WeakMap<Shelf, Map<string, HeldCodes | null>>();

async function held(canonical: string, shelf: Shelf, shelves: Shelves, context: Context): Promise<HeldCodes | null> {
  const known = made.get(shelf) ?? new Map<string, HeldCodes | null>();
  made.set(shelf, known);
  let codes = known.get(canonical);
  if (codes === undefined) {
    const valueSet = shelf.valueSet(canonical);
    codes = valueSet ? boundCodes(await shelves.settle(() => boundData(canonical, valueSet, shelf), context)) : null;
    known.set(canonical, codes);
  }
  return codes;
}

function namesOf(canonicals: readonly string[]): DefinitionName[] {
  const urls = new Set(canonicals.map((one) => one.replace(/\|.*$/s, '')));
  return [...urls].map((url) => ({ type: 'ValueSet', url }));
}
