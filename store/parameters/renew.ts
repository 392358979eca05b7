/** Writes that were prepared for an earlier generation of search parameters, prepared again. */
import { assemble, parseJson } from '../../resources/index.ts';
import type { Dictionary } from '../dictionary.ts';
import type { Extractor } from '../extractor.ts';
import type { Prepared } from '../records.ts';
import { sqlstate } from '../sqlstate.ts';
import type { TypeNumbers } from '../types.ts';
import type { Job } from '../write/batch.ts';
import type { ParameterSet } from './set.ts';

/** Postgres' answer to a write that was prepared for another generation than the present one. */
const OUTDATED = 'VE001';
/** Postgres' answer to a search by a parameter that is not, or no longer, whole. */
const NOT_ACTIVE = 'VE002';

/** How writers keep up with the search parameters of users. */
export interface Generations {
  /** Types of which a parameter is being built. */
  readonly building: ReadonlySet<string>;
  /** The same jobs with what they index brought up to the present generation. */
  renewed(jobs: readonly Job[]): readonly Job[] | Promise<readonly Job[]>;
  refresh(): Promise<unknown>;
}

export function openGenerations(
  set: ParameterSet,
  parts: {
    readonly extractor: Extractor;
    readonly dictionary: Pick<Dictionary, 'ensure'>;
    readonly types: TypeNumbers;
  },
): Generations {
  const isPresent = (job: Job) => job.do === 'delete' || (job.content.values.generation ?? 0) === set.generation;
  return {
    get building() {
      return set.building;
    },
    renewed: (jobs) => (jobs.every(isPresent) ? jobs : again(jobs)),
    refresh: () => set.refresh(),
  };

  async function again(jobs: readonly Job[]): Promise<readonly Job[]> {
    let present = jobs;
    while (!present.every(isPresent)) {
      present = present.map((job) => (isPresent(job) ? job : renewedJob(job)));
      await Promise.all(
        present.map((job) =>
          job.do === 'delete'
            ? undefined
            : parts.dictionary.ensure(parts.types.place(job.content.type).n, job.content.values),
        ),
      );
    }
    return present;
  }

  function renewedJob(job: Job): Job {
    return job.do === 'delete' ? job : { ...job, content: renew(job.content, parts.extractor) };
  }
}

/** Whether a write failed only because the search parameters had changed. */
export function isOutdated(error: unknown): boolean {
  return sqlstate(error) === OUTDATED;
}

/** Whether a search failed because a parameter in it was not whole. */
export function isNotActive(error: unknown): boolean {
  return sqlstate(error) === NOT_ACTIVE;
}

/** The content with the side rows of users' parameters that this generation has; all else depends on no generation. */
function renew(content: Prepared, extractor: Extractor): Prepared {
  const { type, id, meta, body, values } = content;
  const parsed = parseJson(assemble(type, id, 1, new Date(0).toISOString(), meta, body));
  return { ...content, values: extractor.withCustom!(type, id, parsed, values) };
}
