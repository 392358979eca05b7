/** What the room of guides takes and tells. https://confluence.hl7.org/display/FHIR/NPM+Package+Specification */
import type { Context } from '../../resources/index.ts';
import type { Draft } from '../records.ts';

/** A definition in a package. */
export interface GuideMember {
  readonly type: string;
  /** Its id in the package; undefined where it has none. */
  readonly ownId: string | undefined;
  /** Undefined for types that have none in R4 (NamingSystem). */
  readonly url: string | undefined;
  readonly version: string | undefined;
  /** SHA-256 of its text in the package, in hexadecimal digits. */
  readonly hash: string;
  /**
   * The content as it is to be stored; asked for only where it is written.
   * @param id under which · @param idOf the ids of all members: `Type/id` in the package → id here
   * @throws Fault where it may not be stored
   */
  draft(id: string, idOf: ReadonlyMap<string, string>): Draft;
}

export interface GuidePackage {
  readonly name: string;
  readonly version: string;
  readonly canonical: string | undefined;
  readonly title: string | undefined;
  /** Packages that it depends on: name → version as it is written there. */
  readonly depends: Readonly<Record<string, string>>;
  /** SHA-256 over all of what is taken from it, in hexadecimal digits. */
  readonly hash: string;
  readonly members: readonly GuideMember[];
}

/** A member of an installed guide, as faults and reports name it. */
export interface MemberName {
  readonly type: string;
  readonly id: string;
  readonly url: string | undefined;
  readonly version: string | undefined;
}

/** An installed guide. */
export interface Guide {
  readonly name: string;
  readonly version: string;
  readonly canonical: string | undefined;
  readonly title: string | undefined;
  readonly depends: Readonly<Record<string, string>>;
  /** ISO instant. */
  readonly installed: string;
  readonly members: number;
  /** How many of them are what a canonical without a version means. */
  readonly pinned: number;
  /** Those that were changed or deleted since they were stored. */
  readonly changed: readonly MemberName[];
}

/** What came of adding a package. */
export interface Added {
  readonly did: 'installed' | 'replaced' | 'nothing';
  /** Resources that were written. */
  readonly written: number;
  /** Resources of a former state of the same package that are gone from it. */
  readonly deleted: number;
  /** Those that somebody changed or deleted since the package brought them: they stay as they are. */
  readonly changed: readonly MemberName[];
  /** Those that were there already, with other content, under the same canonical and version: they stay as they are. */
  readonly there: readonly (MemberName & { readonly of: string | undefined })[];
  /** Members that another guide brought just so: both have them. */
  readonly shared: number;
  /** Members of which another version stays pinned. */
  readonly unpinned: number;
}

export interface Removed {
  readonly deleted: number;
  /** Those that stay, since another guide has them, too. */
  readonly shared: number;
  /** Those that stay, since somebody changed them. */
  readonly changed: readonly MemberName[];
}

/** The room of implementation guides. One change at a time is made, whichever process asks for it. */
export interface Guides {
  list(context: Context): Promise<readonly Guide[]>;
  /**
   * Stores what a package brings and notes that it did, all or nothing. The same content again writes nothing.
   * @throws Fault `conflict` where somebody writes the same resources meanwhile; what `draft` throws
   */
  add(source: GuidePackage, context: Context): Promise<Added>;
  /**
   * Deletes what a guide brought and nobody else needs, all or nothing.
   * @throws Fault `not-found` with what there is; `referenced` where another guide depends on it or a resource refers to it
   */
  remove(name: string, version: string | undefined, context: Context): Promise<Removed>;
  /**
   * Lets canonicals without a version mean what this guide brought.
   * @returns how many definitions that changed
   * @throws Fault `not-found`
   */
  pin(name: string, version: string, context: Context): Promise<number>;
}
