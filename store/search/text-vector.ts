/**
 * The words of a resource as Postgres keeps them, with their places. https://www.postgresql.org/docs/current/datatype-textsearch.html
 * Pure.
 */
import { Buffer } from 'node:buffer';
import { hasType, isResourceType, jsonKeys, typeDef } from '../../resources/index.ts';
import { narrativeTexts } from './text-narrative.ts';
import { wordsIn } from './text-words.ts';

/**
 * The text of a tsvector: words of the resource's own narrative with weight A, all others with weight D.
 *
 * Others are what people write and read: every string, markdown and code, wherever it stands, in contained resources and
 * extensions too. Dates, numbers, ids, references, addresses (uri) and base64 are no words, and have parameters of their own.
 * @param resource as JSON, with or without resourceType and meta
 */
export function toVector(type: string, resource: any, meta?: any): string {
  const vector = new Vector();
  if (typeof resource.text?.div === 'string') {
    for (const block of narrativeTexts(resource.text.div)) vector.add(block, 'A');
  }
  const { text: _, ...others } = resource;
  visit(others, type, vector);
  if (typeof resource.text === 'object' && resource.text !== null)
    visit({ ...resource.text, div: undefined }, 'Narrative', vector);
  if (meta !== undefined) visit(meta, 'Meta', vector);
  return vector.toString();
}

/** A place beyond it Postgres keeps as this one, and of one word so many places. */
const PLACE_MAX = 16_383;
const PLACES_MAX = 255;
/** A tsvector holds a megabyte: some hundred thousand different words, beyond which none is found. */
const BYTES_MAX = 900_000;

class Vector {
  readonly #places = new Map<string, string[]>();
  #place = 0;
  #bytes = 0;

  /** The words of one text. */
  add(text: string, weight: 'A' | ''): void {
    for (const word of wordsIn(text)) {
      this.#place = Math.min(this.#place + 1, PLACE_MAX);
      const places = this.#places.get(word);
      if (places) this.#more(places, weight);
      else this.#first(word, weight);
    }
    // A gap, so that no phrase reaches from one text into the next.
    this.#place = Math.min(this.#place + 1, PLACE_MAX);
  }

  toString(): string {
    const parts: string[] = [];
    for (const [word, places] of this.#places) parts.push(`'${word}':${places.join(',')}`);
    return parts.join(' ');
  }

  #first(word: string, weight: string): void {
    const bytes = Buffer.byteLength(word) + 6;
    if (this.#bytes + bytes > BYTES_MAX) return;
    this.#bytes += bytes;
    this.#places.set(word, [`${this.#place}${weight}`]);
  }

  #more(places: string[], weight: string): void {
    if (places.length >= PLACES_MAX || this.#bytes + 2 > BYTES_MAX) return;
    this.#bytes += 2;
    places.push(`${this.#place}${weight}`);
  }
}

/** What a member of an object holds: words, markup, or elements of a type; '' for any resource. */
type Member = 'words' | 'markup' | { readonly inside: string };

const WORDS = new Set(['string', 'markdown', 'code']);

function visit(value: any, type: string, vector: Vector): void {
  const known = membersOf(type);
  for (const key of Object.keys(value)) {
    const content = value[key];
    if (content === null || typeof content === 'number' || typeof content === 'boolean') continue;
    const member = key.startsWith('_') ? ELEMENT : known.get(key);
    if (member === undefined) continue;
    if (Array.isArray(content)) for (const one of content) take(one, member, vector);
    else take(content, member, vector);
  }
}

const ELEMENT: Member = { inside: 'Element' };

function take(content: any, member: Member, vector: Vector): void {
  if (typeof content === 'string') {
    if (member === 'words') vector.add(content, '');
    else if (member === 'markup') for (const block of narrativeTexts(content)) vector.add(block, '');
  } else if (typeof content === 'object' && content !== null && typeof member === 'object') {
    const type = member.inside === '' ? content.resourceType : member.inside;
    if (typeof type === 'string' && (member.inside !== '' || isResourceType(type))) visit(content, type, vector);
  }
}

const known = new Map<string, ReadonlyMap<string, Member>>();

/** Members of a type that hold words or lead to some. */
function membersOf(type: string): ReadonlyMap<string, Member> {
  let members = known.get(type);
  if (!members) {
    members = readMembers(type);
    known.set(type, members);
  }
  return members;
}

function readMembers(type: string): Map<string, Member> {
  const members = new Map<string, Member>();
  if (!hasType(type)) return members;
  for (const element of typeDef(type).elements) {
    for (const {
      key,
      type: { code },
      inside,
    } of jsonKeys(element)) {
      // Element.id and Reference.reference are strings by type, and no words.
      if (key === 'id' || (type === 'Reference' && key === 'reference')) continue;
      if (WORDS.has(code)) members.set(key, 'words');
      else if (code === 'xhtml') members.set(key, 'markup');
      else if (code === 'Resource') members.set(key, { inside: '' });
      else if (inside !== undefined) members.set(key, { inside });
    }
  }
  return members;
}
