/** What R4 says of a resource and what its profiles say of it, as one judgement. */
import type { Finding } from '../../resources/index.ts';
import { findingsMax } from '../account.ts';
import type { Needs } from '../library.ts';
import type { CheckedReference } from '../references.ts';
import { judgeProfiles, type ProfileOptions, type ProfileVerdict } from './pass.ts';

/** A judgement, as far as it is put together here. */
interface Judgement {
  readonly isValid: boolean;
  readonly findings: readonly Finding[];
  readonly references: readonly CheckedReference[];
  readonly needs: Needs;
}

/**
 * Adds the profile pass to the judgement of the base pass.
 * @param resource what was judged; of the type, and an object
 */
export function withProfiles(base: Judgement, type: string, resource: any, options: ProfileOptions): Judgement {
  const verdict = judgeProfiles(type, resource, options);
  return verdict.isSilent ? base : new Joined(base, verdict);
}

class Joined implements Judgement {
  readonly isValid: boolean;
  readonly references: Judgement['references'];
  readonly needs: Needs;
  readonly #base: Judgement;
  readonly #profiles: ProfileVerdict;
  #findings: readonly Finding[] | undefined;

  constructor(base: Judgement, profiles: ProfileVerdict) {
    this.isValid = base.isValid && profiles.isValid;
    this.references = base.references;
    this.needs = both(base.needs, profiles.needs);
    this.#base = base;
    this.#profiles = profiles;
  }

  get findings(): readonly Finding[] {
    this.#findings ??= bounded([...this.#base.findings, ...this.#profiles.tell()]);
    return this.#findings;
  }
}

function both(one: Needs, other: Needs): Needs {
  if (one.structures.length + one.valueSets.length + one.codes.length === 0) return other;
  return {
    structures: [...new Set([...one.structures, ...other.structures])],
    valueSets: [...new Set([...one.valueSets, ...other.valueSets])],
    codes: [...one.codes, ...other.codes],
  };
}

/** So many errors, and so many that are less. */
function bounded(findings: readonly Finding[]): readonly Finding[] {
  let [errors, others] = [0, 0];
  return findings.filter(({ severity = 'error' }) =>
    severity === 'error' || severity === 'fatal' ? errors++ < findingsMax : others++ < findingsMax,
  );
}
