/** The way from a resource down to an element, put together only when somebody wants to read it. */
import { pathStep } from '../resources/index.ts';

/** One step; an index of -1 is none. */
export interface Way {
  readonly up: Way | undefined;
  readonly name: string;
  readonly index: number;
}

/** The way as FHIRPath: `Patient.name[1].given[0]`. */
export function wayText(way: Way | undefined): string {
  if (way === undefined) return '';
  const index = way.index < 0 ? '' : pathStep(way.index);
  return way.up === undefined ? `${way.name}${index}` : `${wayText(way.up)}${pathStep(way.name)}${index}`;
}
