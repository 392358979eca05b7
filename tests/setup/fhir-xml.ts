/** FHIR's XML as FHIR's JSON, for public test cases that are only there in XML. https://hl7.org/fhir/R4/xml.html */
import { SaxesParser } from 'saxes';
import { hasType, isResourceType, typeDef } from '../../resources/index.ts';

interface Tag {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Tag[];
  /** Text of a narrative, tags and all. */
  xhtml: string;
}

/** The resource that an XML document holds; what R4 does not know comes as texts and objects under its own name. */
export function fromXml(text: string): any {
  return toResource(parse(text.replace(/^\uFEFF/, '')));
}

function parse(text: string): Tag {
  const parser = new SaxesParser({ position: false });
  const open: Tag[] = [];
  let root: Tag | undefined;
  let narrative = 0;
  parser.on('opentag', (node) => {
    const top = open.at(-1);
    if (narrative > 0 || node.name === 'div') {
      narrative++;
      const tag = narrative === 1 ? { name: 'div', attributes: {}, children: [], xhtml: '' } : top!;
      if (narrative === 1) {
        top?.children.push(tag);
        open.push(tag);
      }
      tag.xhtml += `<${node.name}${Object.entries(node.attributes)
        .map(([key, value]) => ` ${key}="${escaped(String(value))}"`)
        .join('')}>`;
      return;
    }
    const tag: Tag = {
      name: node.name,
      attributes: node.attributes as Record<string, string>,
      children: [],
      xhtml: '',
    };
    top?.children.push(tag);
    root ??= tag;
    open.push(tag);
  });
  parser.on('text', (piece) => {
    if (narrative > 0) open.at(-1)!.xhtml += escaped(piece);
  });
  parser.on('closetag', (node) => {
    if (narrative > 0) {
      open.at(-1)!.xhtml += `</${node.name}>`;
      if (--narrative > 0) return;
    }
    open.pop();
  });
  parser.write(text).close();
  return root!;
}

function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/"/g, '&quot;');
}

function toResource(tag: Tag): any {
  return { resourceType: tag.name, ...toObject(tag, isResourceType(tag.name) ? tag.name : undefined) };
}

function toObject({ attributes, children }: Tag, type: string | undefined): Record<string, any> {
  const object: Record<string, any> = {};
  for (const name of ['id', 'url']) if (attributes[name] !== undefined) object[name] = attributes[name];
  const elements = type !== undefined && hasType(type) ? typeDef(type).elements : [];
  for (const child of children) {
    const element = elements.find(({ name, choice }) => (choice ? child.name.startsWith(name) : child.name === name));
    const code = element?.choice
      ? element.types.find((it) => child.name.toLowerCase() === `${element.name}${it.code}`.toLowerCase())?.code
      : element?.types[0]?.code;
    const [value, beside] = toValue(child, code, element?.choice ? code : element?.children);
    add(object, child.name, value, (element?.max ?? 1) > 1 || child.name in object);
    if (beside !== undefined || (object[`_${child.name}`] !== undefined && value !== undefined)) {
      addBeside(object, child.name, beside, (element?.max ?? 1) > 1);
    }
  }
  return object;
}

function toValue(tag: Tag, code: string | undefined, inside: string | undefined): [value: any, beside: any] {
  if (tag.name === 'div') return [tag.xhtml, undefined];
  if (code === 'Resource') return [toResource(tag.children[0]!), undefined];
  const isPrimitive = code === undefined ? 'value' in tag.attributes : /^[a-z]/.test(code);
  if (!isPrimitive) return [toObject(tag, inside), undefined];
  const extra = toObject(
    { ...tag, attributes: tag.attributes.id === undefined ? {} : { id: tag.attributes.id } },
    'Element',
  );
  const beside = Object.keys(extra).length > 0 ? extra : undefined;
  return [toPrimitive(tag.attributes.value, code), beside];
}

function toPrimitive(text: string | undefined, code: string | undefined): unknown {
  if (text === undefined) return undefined;
  if (code === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (!['decimal', 'integer', 'positiveInt', 'unsignedInt'].includes(code ?? '')) return text;
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function add(object: Record<string, any>, name: string, value: any, isList: boolean): void {
  if (!isList) {
    if (value !== undefined) object[name] = value;
    return;
  }
  const before = name in object ? (Array.isArray(object[name]) ? object[name] : [object[name]]) : [];
  object[name] = [...before, value ?? null];
}

function addBeside(object: Record<string, any>, name: string, beside: any, isList: boolean): void {
  if (!isList) {
    object[`_${name}`] = beside;
    return;
  }
  const list: any[] = object[`_${name}`] ?? [];
  while (list.length < object[name].length - 1) list.push(null);
  object[`_${name}`] = [...list, beside ?? null];
}
