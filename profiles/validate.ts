/**
 * The judge: is this resource valid? It never throws for bad data, and tells every fault with the path to the element.
 * Structure is judged here; profiles, bindings beyond codes, and invariants follow structure in the same Judgement.
 */
import type { Finding, Parsed } from '../resources/index.ts';
import { checkerOf } from './compile.ts';
import type { Library, Needs } from './library.ts';
import { withProfiles } from './profile/joined.ts';
import type { CheckedReference, Locator } from './references.ts';
import { type Checker, Report } from './report.ts';
import { searchParameterFindings } from './search-parameter.ts';
import { wayText } from './way.ts';

/** What the judge says of one resource. */
export interface Judgement {
  /**
   * Whether it may be stored: no finding is an error. Known without a single path being put together, so ask this first:
   * what a good resource is merely warned of is worked out when `findings` is read.
   */
  readonly isValid: boolean;
  /** At most 100 errors, and 100 that are less, in the order of the resource. */
  readonly findings: readonly Finding[];
  /** Every Reference with a literal in it, contained resources and extensions included, in the order of the resource. */
  readonly references: readonly CheckedReference[];
  /** What was lacking to judge it wholly: fetch it, put it into the library, judge again. */
  readonly needs: Needs;
}

/** How a resource is judged. */
export interface JudgeOptions {
  /** Definitions beside R4's own; without one nothing that needs them is checked, and nothing is needed. */
  readonly library?: Library;
  /** Canonicals of profiles that the resource is held to, besides those that it claims in meta.profile. */
  readonly profiles?: readonly string[];
  /** `structure`: names, JSON types, formats, cardinalities, codes, targets of references. `full`: all that R4 and the profiles say. */
  readonly level: 'structure' | 'full';
  /** Types for which the server's own profiles weigh as errors, for others they warn; without this they are not asked. */
  readonly enforce?: ReadonlySet<string>;
  /** What faults against profiles weigh that a resource claims; `error` when left out. Those asked for are always errors. */
  readonly profileFaults?: 'error' | 'warning';
}

/**
 * Judges a resource by the definitions of R4: names, JSON types, formats, cardinalities, required codes, and the types
 * that references lead to; at level `full` also by all bindings, invariants and extensions. https://hl7.org/fhir/R4/validation.html
 * @param type the resource type that is expected: of the URL, or of the resource itself where there is none
 * @param parsed as parseJson gave it; of a part of a Bundle, its value with the digits of the whole
 * @param options `structure` only, when left out
 * @throws Error when `type` is no type of R4; never for what the resource holds
 */
export function judge(
  type: string,
  parsed: Pick<Parsed, 'value' | 'digits'>,
  options: JudgeOptions = structureOnly,
): Judgement {
  const base = judgeBase(type, parsed, options);
  const isType = parsed.value.resourceType === type;
  return options.level === 'full' && isType ? withProfiles(base, type, parsed.value, options) : base;
}

const structureOnly: JudgeOptions = Object.freeze({ level: 'structure' });
const none: readonly Finding[] = Object.freeze([]);

function judgeBase(type: string, parsed: Pick<Parsed, 'value' | 'digits'>, options: JudgeOptions): Judgement {
  const places = new Places(type, parsed, options);
  const silent = places.walk(false);
  const isType = parsed.value.resourceType === type;
  const others = type === 'SearchParameter' && isType && !silent.failed ? searchParameterFindings(parsed.value) : none;
  const isValid = isType && !silent.failed && others.length === 0;
  if (isValid && !silent.remarked)
    return { isValid, findings: none, references: silent.references, needs: silent.needs };
  const hasMore = silent.failed || silent.remarked || !isType;
  return new Judged(isValid, silent, hasMore ? places : undefined, others);
}

/** A class, since a getter of an object of its own costs a hidden class each, in which it all lives on. */
class Judged implements Judgement {
  readonly isValid: boolean;
  readonly references: Judgement['references'];
  readonly needs: Needs;
  readonly #places: Places | undefined;
  readonly #others: readonly Finding[];

  constructor(isValid: boolean, { references, needs }: Report, places: Places | undefined, others: readonly Finding[]) {
    this.isValid = isValid;
    this.references = references;
    this.needs = needs;
    this.#places = places;
    this.#others = others;
  }

  get findings(): readonly Finding[] {
    return this.#places === undefined ? this.#others : [...this.#places.told(), ...this.#others];
  }
}

class Places implements Locator {
  readonly #type: string;
  readonly #parsed: Pick<Parsed, 'value' | 'digits'>;
  readonly #options: JudgeOptions;
  #telling: Report | undefined;

  constructor(type: string, parsed: Pick<Parsed, 'value' | 'digits'>, options: JudgeOptions) {
    this.#type = type;
    this.#parsed = parsed;
    this.#options = options;
  }

  /** Goes through the resource. */
  walk(telling: boolean): Report {
    const { level, library } = this.#options;
    const { value, digits } = this.#parsed;
    const type = this.#type;
    const checker: (name: string) => Checker = level === 'full' ? fullCheckerOf : structureCheckerOf;
    const report = new Report(telling, {
      resource: value,
      type,
      digits,
      checker,
      locator: this,
      library: level === 'full' ? library : undefined,
    });
    checker(type)(value, report, telling ? { up: undefined, name: type, index: -1 } : undefined, type);
    return report;
  }

  /** All findings; another walk, the first time. */
  told(): readonly Finding[] {
    const isFirst = this.#telling === undefined;
    const telling = this.#tellingWalk();
    const actual: unknown = this.#parsed.value.resourceType;
    if (isFirst && actual !== this.#type) {
      telling.noType({ up: undefined, name: this.#type, index: -1 }, 'resourceType', -1, actual, this.#type);
    }
    return telling.findings;
  }

  pathOf(holder: object): string {
    return wayText(this.#tellingWalk().ways.get(holder));
  }

  #tellingWalk(): Report {
    this.#telling ??= this.walk(true);
    return this.#telling;
  }
}

function structureCheckerOf(type: string): Checker {
  return checkerOf(type);
}

function fullCheckerOf(type: string): Checker {
  return checkerOf(type, 'full');
}
