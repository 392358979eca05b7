/** Numbers of the resource types, and the partitions in which they lie. */
import { Fault } from '../resources/index.ts';
import type { Row } from './session.ts';

/** One resource type as the tables know it. Both fields may stand in statement text: they come from a closed list. */
export interface TypePlace {
  readonly n: number;
  /** What follows `res_` and `ver_`: the type in lower case, or `rest`. */
  readonly partition: string;
}

/** Types of higher numbers share one partition. */
export const OWN_PARTITION_MAX = 99;

export class TypeNumbers {
  /** Name → number, for conditions. */
  readonly numbers: ReadonlyMap<string, number>;
  readonly #places = new Map<string, TypePlace>();
  readonly #names = new Map<number, string>();

  /** @param rows (n, name) of table `type` */
  constructor(rows: Iterable<Row | readonly [n: number, name: string]>) {
    const numbers = new Map<string, number>();
    for (const [number, name] of rows) {
      const n = Number(number);
      numbers.set(name!, n);
      this.#names.set(n, name!);
      this.#places.set(name!, { n, partition: n <= OWN_PARTITION_MAX ? name!.toLowerCase() : 'rest' });
    }
    this.numbers = numbers;
  }

  /** @throws Fault `unknown-type` */
  place(type: string): TypePlace {
    const place = this.#places.get(type);
    if (place) return place;
    throw new Fault('unknown-type', `${JSON.stringify(type.slice(0, 64))} is not a resource type that can be stored.`);
  }

  name(n: number | string | null): string {
    return this.#names.get(Number(n))!;
  }

  /** The place of a number that the database told. */
  placeOf(n: number): TypePlace {
    return this.#places.get(this.name(n))!;
  }
}
