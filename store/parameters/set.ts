/**
 * The search parameters of a database as this process knows them: R4's own and those of users. What others changed is
 * heard of by a notification; where that comes late, Postgres refuses what was prepared for an earlier generation
 * (`tx(generation)`, `require_param`), and the set is read anew.
 */
import {
  type CustomDefinition,
  customParameter,
  type ParameterSource,
  type SearchParameter,
  searchParameters,
} from '../../resources/index.ts';
import { nobody } from '../database.ts';
import type { Lane } from '../lane.ts';
import type { CustomSet } from '../search/custom.ts';
import type { Row } from '../session.ts';
import type { TypeNumbers } from '../types.ts';

/** A user's parameter on one type. */
export interface ParameterState {
  readonly k: number;
  readonly type: string;
  /** Id of the SearchParameter that defines it. */
  readonly id: string;
  readonly definition: CustomDefinition;
  readonly state: 'building' | 'active' | 'removing' | 'unused';
  /** Why it is unused. */
  readonly reason: string | undefined;
  /** Resources that are indexed, and about how many there are. */
  readonly done: number;
  readonly total: number;
  /** Resources on which the expression could not be evaluated while the index was built. */
  readonly faults: number;
}

export class ParameterSet implements ParameterSource {
  readonly #lane: Lane;
  readonly #types: TypeNumbers;
  readonly #use: (set: CustomSet) => void;
  #generation = 0;
  #states: readonly ParameterState[] = [];
  #building: ReadonlySet<string> = new Set();
  #custom: CustomSet = { generation: 0, parameters: [] };
  #merged = new Map<string, ReadonlyMap<string, SearchParameter>>();
  #reading: Promise<boolean> | undefined;

  /** @param use is told what writers have to index, whenever that changes */
  constructor(lane: Lane, types: TypeNumbers, use: (set: CustomSet) => void) {
    this.#lane = lane;
    this.#types = types;
    this.#use = use;
  }

  /** Counts the changes of what is indexed. */
  get generation(): number {
    return this.#generation;
  }

  /** Types of which a parameter is being built: their writers must not overtake the one that builds. */
  get building(): ReadonlySet<string> {
    return this.#building;
  }

  /** What writers have to index. */
  get custom(): CustomSet {
    return this.#custom;
  }

  get states(): readonly ParameterState[] {
    return this.#states;
  }

  of(type: string): ReadonlyMap<string, SearchParameter> {
    const own = searchParameters(type);
    if (this.#custom.parameters.length === 0) return own;
    let merged = this.#merged.get(type);
    if (!merged) {
      const users = this.#states.filter((one) => one.type === type && isIndexed(one)).map(toParameter);
      merged = users.length === 0 ? own : new Map([...own, ...users.map((one) => [one.code, one] as const)]);
      this.#merged.set(type, merged);
    }
    return merged;
  }

  unused(type: string, code: string): string | undefined {
    const found = this.#states.find(
      (one) => one.state === 'unused' && one.definition.code === code && (one.type === type || one.type === '*'),
    );
    return found && `SearchParameter/${found.id} is not in use: ${found.reason}`;
  }

  /**
   * Reads the set as the database has it now.
   * @returns whether it is another one than before
   * @throws Fault `database-unavailable`
   */
  refresh(): Promise<boolean> {
    // A reading that is under way may have begun before the change that the caller knows of.
    const before = this.#reading ?? Promise.resolve(false);
    const next = before.catch(() => false).then(() => this.#read());
    this.#reading = next;
    return next;
  }

  async #read(): Promise<boolean> {
    const [generations, rows] = await this.#lane
      .run(
        [
          { text: 'begin isolation level repeatable read read only' },
          { text: 'select generation from param_state' },
          { text: 'select k, type, id, definition, state, reason, done, total, faults from param order by k desc' },
          { text: 'commit' },
        ],
        nobody,
      )
      .then(([, first, second]) => [first!, second!]);
    const generation = Number(generations![0]![0]);
    const states = rows!.map((row) => this.#toState(row));
    const isOther = JSON.stringify(states) !== JSON.stringify(this.#states);
    if (!isOther && generation === this.#generation) return false;
    this.#states = states;
    this.#merged = new Map();
    this.#building = new Set(states.filter(({ state }) => state === 'building').map(({ type }) => type));

    if (generation !== this.#generation) {
      this.#custom = {
        generation,
        parameters: states.filter(isIndexed).map(({ k, type, definition }) => ({ k, type, definition })),
      };
      this.#use(this.#custom);
    }
    this.#generation = generation;
    return true;
  }

  #toState([k, type, id, definition, state, reason, done, total, faults]: Row): ParameterState {
    return {
      k: Number(k),
      type: type === '0' ? '*' : this.#types.name(type!),
      id: id!,
      definition: JSON.parse(definition!) as CustomDefinition,
      state: state as ParameterState['state'],
      reason: reason ?? undefined,
      done: Number(done),
      total: Number(total),
      faults: Number(faults),
    };
  }
}

/** Whether writers index it. */
function isIndexed({ state }: ParameterState): boolean {
  return state === 'building' || state === 'active';
}

function toParameter({ k, type, definition, state, done, total }: ParameterState): SearchParameter {
  const parameter = customParameter(definition, type, k);
  return state === 'active' ? parameter : { ...parameter, custom: { k, building: { done, total } } };
}
