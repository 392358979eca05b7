/**
 * The judge: is this resource valid? It never throws for bad data, and tells every fault with the path to the element.
 * Structure is judged here; profiles, bindings beyond codes, and invariants follow structure in the same Judgement.
 */
import type { Finding, Parsed } from '../resources/index.ts';
import { checkerOf } from './compile.ts';
import type { Library, Needs } from './library.ts';
import type { CheckedReference, Locator } from './references.ts';
import { Report } from './report.ts';
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
  /** Types for which the server's own profiles weigh as errors. */
  readonly enforce?: ReadonlySet<string>;
  /** What faults against profiles weigh that a resource claims; `error` when left out. Those asked for are always errors. */
  readonly profileFaults?: 'error' | 'warning';
}

/**
 * Judges a resource by the definitions of R4: names, JSON types, formats, cardinalities, required codes, and the types
 * that references lead to. https://hl7.org/fhir/R4/validation.html
 * @param type the resource type that is expected: of the URL, or of the resource itself where there is none
 * @param parsed as parseJson gave it; of a part of a Bundle, its value with the digits of the whole
 * @param options `structure` only, when left out
 * @throws Error when `type` is no type of R4; never for what the resource holds
 */
export function judge(
  type: string,
  parsed: Pick<Parsed, 'value' | 'digits'>,
  _options: JudgeOptions = structureOnly,
): Judgement {
  const places = new Places(type, parsed);
  const silent = new Report(false, parsed.digits, checkerOf, places);
  checkerOf(type)(parsed.value, silent, undefined);
  const actual: unknown = parsed.value.resourceType;
  if (!silent.failed && actual === type) {
    const findings = type === 'SearchParameter' ? searchParameterFindings(parsed.value) : none;
    return { isValid: findings.length === 0, findings, references: silent.references, needs: nothing };
  }
  const telling = places.walk();
  if (actual !== type) telling.noType({ up: undefined, name: type, index: -1 }, 'resourceType', -1, actual, type);
  return { isValid: false, findings: telling.findings, references: silent.references, needs: nothing };
}

const structureOnly: JudgeOptions = Object.freeze({ level: 'structure' });
const nothing: Needs = Object.freeze({ structures: [], valueSets: [], codes: [] });
const none: readonly Finding[] = Object.freeze([]);

class Places implements Locator {
  readonly #type: string;
  readonly #parsed: Pick<Parsed, 'value' | 'digits'>;
  #ways: Report['ways'] | undefined;

  constructor(type: string, parsed: Pick<Parsed, 'value' | 'digits'>) {
    this.#type = type;
    this.#parsed = parsed;
  }

  /** Goes through the resource again and keeps the ways. */
  walk(): Report {
    const report = new Report(true, this.#parsed.digits, checkerOf, this);
    checkerOf(this.#type)(this.#parsed.value, report, { up: undefined, name: this.#type, index: -1 });
    return report;
  }

  pathOf(holder: object): string {
    this.#ways ??= this.walk().ways;
    return wayText(this.#ways.get(holder));
  }
}
