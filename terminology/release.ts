/**
 * Concepts of an official release, of which its files say a thing here and a thing there: facts, which are brought together
 * by code and become the rows of a code system.
 */
import type { CodeSystemConceptDesignation, CodeSystemConceptProperty, Coding } from 'fhir/r4.js';
import type { Collected, ConceptRow, Piece } from '../store/index.ts';
import { wordsOf } from './words.ts';

/** What one row of a file says of a code. */
export type Fact =
  /** The code exists. */
  | {
      readonly is: 'concept';
      readonly code: string;
      readonly inactive?: boolean;
      readonly abstract?: boolean;
      readonly definition?: string;
    }
  /** The name with the lowest rank is the display, all others are designations. */
  | {
      readonly is: 'name';
      readonly code: string;
      readonly value: string;
      readonly rank: number;
      readonly language?: string;
      readonly use?: Coding;
    }
  | { readonly is: 'parent'; readonly code: string; readonly parent: string }
  | { readonly is: 'property'; readonly code: string; readonly property: CodeSystemConceptProperty };

/** As it is kept until everything is known. */
export function pieceOf({ code, ...said }: Fact): Piece {
  // JSON has no line feed but in a string, where it is written as two signs.
  return { code, text: JSON.stringify(said) };
}

/** The concept of which these things were said; undefined where nothing says that it exists. */
export function rowOf({ code, texts }: Collected): ConceptRow | undefined {
  const facts = texts.map((text) => ({ code, ...JSON.parse(text) }) as Fact);
  const concepts = facts.filter((one) => one.is === 'concept');
  if (concepts.length === 0) return undefined;
  const names = facts.filter((one) => one.is === 'name').sort((a, b) => a.rank - b.rank);
  const [shown, ...others] = names;
  const designations = others.filter(({ value }) => value !== shown?.value).map(designationOf);
  const properties = facts.flatMap((one) => (one.is === 'property' ? [one.property] : []));
  const inactive = concepts.some((one) => one.inactive);
  const abstract = concepts.some((one) => one.abstract);
  const definition = concepts.find((one) => one.definition !== undefined)?.definition;
  const all: CodeSystemConceptProperty[] = [
    ...(inactive ? [{ code: 'inactive', valueBoolean: true }] : []),
    ...(abstract ? [{ code: 'notSelectable', valueBoolean: true }] : []),
    ...once(properties),
  ];
  return {
    code,
    ...(shown && { display: shown.value }),
    ...(definition === undefined ? {} : { definition }),
    ...(all.length > 0 && { property: all }),
    ...(designations.length > 0 && { designation: once(designations) }),
    parents: [...new Set(facts.flatMap((one) => (one.is === 'parent' ? [one.parent] : [])))],
    inactive,
    abstract,
    words: names.flatMap(({ value }) => wordsOf(value)),
  };
}

function designationOf({ value, language, use }: Extract<Fact, { is: 'name' }>): CodeSystemConceptDesignation {
  return { ...(language === undefined ? {} : { language }), ...(use && { use }), value };
}

function once<T>(list: readonly T[]): T[] {
  return [...new Map(list.map((one) => [JSON.stringify(one), one])).values()];
}
