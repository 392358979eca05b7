/** Reads the FHIR XML of the public patch cases into JSON, by the definitions. Enough for those files, and only that. */

import { elementOf, keyOf } from '../../../operations/patch/elements.ts';
import { typeDef } from '../../../resources/definitions.ts';

export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: XmlNode[];
  /** The markup between the tags. */
  inner: string;
}

export function readXml(text: string): XmlNode {
  const root: XmlNode = { name: '', attributes: {}, children: [], inner: '' };
  const open: { node: XmlNode; from: number }[] = [{ node: root, from: 0 }];
  const tag = /<!--.*?-->|<(\/?)([\w:]+)((?:\s+[\w:]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/gs;
  for (const match of text.matchAll(tag)) {
    const [whole, closing, name, attributes = '', empty] = match;
    if (name === undefined) continue;
    if (closing) {
      const { node, from } = open.pop()!;
      node.inner = text.slice(from, match.index);
      continue;
    }
    const node: XmlNode = { name, attributes: readAttributes(attributes), children: [], inner: '' };
    open.at(-1)!.node.children.push(node);
    if (!empty) open.push({ node, from: match.index + whole.length });
  }
  return root;
}

/** A resource in XML as JSON. */
export function resourceOf(node: XmlNode): any {
  return { resourceType: node.name, ...objectOf(node, node.name) };
}

function objectOf(node: XmlNode, type: string): any {
  const made: any = {};
  const { id, url } = node.attributes;
  if (id !== undefined) made.id = id;
  if (url !== undefined) made.url = url;
  for (const child of node.children) {
    const element = elementOf(type, child.name, child.name);
    const key = element.choice ? child.name : element.key;
    const chosen = element.choice
      ? element.types.find((one) => keyOf(element, one) === child.name)!
      : element.types[0]!;
    if (chosen === 'xhtml') {
      made[key] = `<div xmlns="http://www.w3.org/1999/xhtml">${unescapeXml(child.inner)}</div>`;
      continue;
    }
    const isPrimitive = /^[a-z]/.test(chosen);
    const inside = isPrimitive ? undefined : element.choice ? chosen : element.inside;
    const value = isPrimitive ? primitiveOf(child.attributes.value, chosen) : objectOf(child, inside!);
    const beside =
      isPrimitive && (child.children.length > 0 || child.attributes.id) ? objectOf(child, 'Element') : undefined;
    if (element.many) {
      made[key] = [...(made[key] ?? []), value ?? null];
      if (beside) made[`_${key}`] = [...new Array(made[key].length - 1).fill(null), beside];
    } else {
      if (value !== undefined) made[key] = value;
      if (beside) made[`_${key}`] = beside;
    }
  }
  return made;
}

function primitiveOf(value: string | undefined, type: string): unknown {
  if (value === undefined) return undefined;
  if (type === 'boolean') return value === 'true';
  return /^(integer|decimal|positiveInt|unsignedInt)$/.test(type) ? Number(value) : value;
}

function readAttributes(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g)];
  return Object.fromEntries(pairs.map(([, name, double, single]) => [name, unescapeXml(double ?? single ?? '')]));
}

function unescapeXml(text: string): string {
  const named: Record<string, string> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text.replace(/&(?:#(\d+)|(\w+));/g, (_, code, name) =>
    code ? String.fromCodePoint(Number(code)) : named[name]!,
  );
}

/** Asserts early that the definitions are there, so that a failure names them and not the reader. */
typeDef('Patient');
