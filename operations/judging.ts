/** Judging with everything that the judge may ask for: it names what it lacks, that is fetched, and it judges again. */
import { type Judgement, type JudgeOptions, judge, type Library, type Needs } from '../profiles/index.ts';
import { type Context, Fault, type FaultKind, type Finding, faultStatus, type Parsed } from '../resources/index.ts';
import type { Environment, OperationSettings } from './interaction.ts';

/** Each round fetches what the one before named; profiles on profiles on profiles need few. */
export const ROUNDS_MAX = 8;

/**
 * What the judge says of a resource, with the definitions that are stored. Where nothing is lacking, as mostly, at once
 * and without a promise.
 * @param options otherwise than the settings say
 */
export function judgeFully(
  type: string,
  parsed: Pick<Parsed, 'value' | 'digits'>,
  environment: Pick<Environment, 'judging' | 'shelf'>,
  context: Context,
  options: JudgeOptions = environment.judging,
): Judgement | Promise<Judgement> {
  const judgement = judge(type, parsed, options);
  if (!lacks(judgement.needs) || !environment.shelf) return judgement;
  return judgeAgain(type, parsed, options, judgement, environment.shelf, context);
}

/** How resources are judged by these settings. */
export function judgingOf(
  { validation, profileFaults, enforce }: OperationSettings,
  library: Library | undefined,
): JudgeOptions {
  if (validation === 'off') return Object.freeze({ level: 'structure' });
  return Object.freeze({ level: 'full', library, profileFaults, enforce: new Set(enforce) });
}

/** Whether there is anything to fetch. */
export function lacks({ structures, valueSets, codes }: Needs): boolean {
  return structures.length + valueSets.length + codes.length > 0;
}

/** What keeps a resource from being stored. */
export function errorsOf(findings: readonly Finding[]): Finding[] {
  return findings.filter(({ severity = 'error' }) => severity === 'error' || severity === 'fatal');
}

/**
 * The refusal that tells these errors. What cannot be read as the resource that it says it is (400) comes before the
 * rules that it breaks (422). https://hl7.org/fhir/R4/http.html#create
 */
export function faultOf(errors: readonly Finding[]): Fault {
  const first = errors.find(({ kind }) => faultStatus(kind) === 400) ?? errors[0]!;
  return new Fault(first.kind satisfies FaultKind, first.text, { findings: [...errors] });
}

async function judgeAgain(
  type: string,
  parsed: Pick<Parsed, 'value' | 'digits'>,
  options: JudgeOptions,
  first: Judgement,
  shelf: NonNullable<Environment['shelf']>,
  context: Context,
): Promise<Judgement> {
  let judgement = first;
  for (let round = 1; round <= ROUNDS_MAX && lacks(judgement.needs); round++) {
    await shelf.fill(judgement.needs, context);
    judgement = judge(type, parsed, options);
  }
  return judgement;
}
