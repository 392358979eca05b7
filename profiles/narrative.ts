/**
 * The XHTML of narratives: well formed, the elements and attributes that FHIR allows and no others, something to read.
 * A scan of its own, because a parser that also builds or mends something costs more than all the rest of judging.
 * https://hl7.org/fhir/R4/narrative.html#xhtml
 */

/** What is wrong with a narrative. */
export interface NarrativeFault {
  readonly rule: 'txt-1' | 'txt-2';
  /** The end of the sentence `The narrative …`. */
  readonly text: string;
}

/** What is wrong with the XHTML of a narrative; undefined when nothing is. */
export function narrativeFault(xhtml: string): NarrativeFault | undefined {
  const open: string[] = [];
  let hasContent = false;
  let at = 0;
  let isDone = false;
  const end = xhtml.length;
  while (at < end) {
    const bracket = xhtml.indexOf('<', at);
    const stop = bracket < 0 ? end : bracket;
    if (stop > at) {
      const text = xhtml.slice(at, stop);
      const isBlank = !/\S/.test(text);
      if (!isBlank && open.length === 0) return fault('has text outside of its <div>');
      const wrong = isBlank ? undefined : textFault(text);
      if (wrong) return fault(wrong);
      hasContent ||= !isBlank && isVisible(text);
    }
    if (bracket < 0) break;
    const next = xhtml.charCodeAt(bracket + 1);
    if (next === 0x21) {
      const passed = comment(xhtml, bracket);
      if (passed < 0) return fault('holds a declaration, a CDATA section or a comment that is not closed');
      at = passed;
    } else if (next === 0x2f) {
      closing.lastIndex = bracket;
      const name = closing.exec(xhtml)?.[1];
      const last = open.pop();
      if (name === undefined || name !== last) {
        return fault(last === undefined ? 'closes what was not opened' : `does not close <${last}> where it should`);
      }
      isDone = open.length === 0;
      at = closing.lastIndex;
    } else {
      if (isDone) return fault('has more than one <div> at its top');
      opening.lastIndex = bracket;
      const tag = opening.exec(xhtml);
      if (!tag) return fault('is no well-formed XML');
      const [, name = '', attributes = '', slash] = tag;
      if (open.length === 0 && name !== 'div') return fault(`begins with <${shown(name)}> in place of <div>`);
      const wrong = tagFault(name, attributes, open.length === 0);
      if (wrong) return fault(wrong);
      hasContent ||= name === 'img';
      if (slash === '') open.push(name);
      else isDone = open.length === 0;
      at = opening.lastIndex;
    }
  }
  if (open.length > 0) return fault(`does not close <${open.at(-1)}>`);
  if (!isDone) return fault('has no <div>');
  return hasContent ? undefined : { rule: 'txt-2', text: 'has nothing in it to read' };
}

// Both stop at the first character that fits nothing: no text makes them try again from the start.
const closing = /<\/([A-Za-z][A-Za-z0-9]*)[ \t\r\n]*>/y;
const opening =
  /<([A-Za-z][A-Za-z0-9]*)((?:[ \t\r\n]+[A-Za-z_][\w:.-]*[ \t\r\n]*=[ \t\r\n]*(?:"[^"<]*"|'[^'<]*'))*)[ \t\r\n]*(\/?)>/y;
const attribute = /([A-Za-z_][\w:.-]*)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')/g;

const elements = new Set(
  (
    'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i ' +
    'img kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt ul var'
  ).split(' '),
);

const attributesOfAll = new Set(
  (
    'abbr accesskey align axis char charoff class colspan dir headers id lang rowspan scope span style tabindex title valign ' +
    'xml:lang xml:space xmlns'
  ).split(' '),
);

const attributesOf: Readonly<Record<string, ReadonlySet<string>>> = {
  a: new Set(['href', 'name', 'rel', 'rev', 'type', 'hreflang', 'charset', 'shape', 'coords']),
  area: new Set(['href', 'nohref', 'shape', 'coords', 'alt']),
  blockquote: new Set(['cite']),
  br: new Set(['clear']),
  col: new Set(['width']),
  colgroup: new Set(['width']),
  hr: new Set(['noshade', 'size', 'width']),
  img: new Set(['src', 'border', 'alt', 'longdesc', 'height', 'width', 'usemap', 'ismap']),
  map: new Set(['name']),
  pre: new Set(['width']),
  q: new Set(['cite']),
  table: new Set(['summary', 'width', 'border', 'frame', 'rules', 'cellspacing', 'cellpadding', 'bgcolor']),
  td: new Set(['width', 'height', 'nowrap', 'bgcolor']),
  th: new Set(['width', 'height', 'nowrap', 'bgcolor']),
  tr: new Set(['bgcolor']),
  ol: new Set(['start', 'type']),
  ul: new Set(['type']),
  li: new Set(['value']),
};

function fault(text: string): NarrativeFault {
  return { rule: 'txt-1', text };
}

function comment(xhtml: string, at: number): number {
  if (!xhtml.startsWith('<!--', at)) return -1;
  const end = xhtml.indexOf('--', at + 4);
  return end < 0 || xhtml.charCodeAt(end + 2) !== 0x3e ? -1 : end + 3;
}

function tagFault(name: string, attributes: string, isTop: boolean): string | undefined {
  if (!elements.has(name)) return `has an element <${shown(name)}>, which FHIR does not allow`;
  if (attributes === '') return undefined;
  const own = Object.hasOwn(attributesOf, name) ? attributesOf[name] : undefined;
  const seen = new Set<string>();
  for (const [, key = '', double, single] of attributes.matchAll(attribute)) {
    if (seen.has(key)) return `has the attribute ${shown(key)} of <${name}> twice`;
    seen.add(key);
    if (!attributesOfAll.has(key) && !own?.has(key)) {
      return `has an attribute ${shown(key)} of <${name}>, which FHIR does not allow`;
    }
    const value = double ?? single ?? '';
    const wrong = textFault(value);
    if (wrong) return wrong;
    if (key === 'xmlns' && isTop && value !== 'http://www.w3.org/1999/xhtml')
      return 'is in another namespace than XHTML';
    if ((key === 'href' || key === 'src') && active.test(value)) return `has a ${key} that runs a script`;
  }
  return undefined;
}

const active = /^\s*(?:javascript|vbscript|data:text\/html)\s*:?/i;

/** The entities of XML only, as FHIR asks, and characters that XML has. */
function textFault(text: string): string | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML does not have
  if (/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text))
    return 'holds a character that XML does not have';
  if (!text.includes('&')) return text.includes(']]>') ? 'is no well-formed XML' : undefined;
  for (const [reference] of text.matchAll(/&(?:(?:amp|lt|gt|quot|apos);|#\d{1,7};|#x[0-9a-fA-F]{1,6};)?/g)) {
    if (reference === '&') return 'has an & that begins none of the five entities of XML';
  }
  return undefined;
}

/** Something else than white space, also written as a reference. */
function isVisible(text: string): boolean {
  return /\S/.test(text.replace(/&(?:nbsp|#160|#x0*a0|#32|#x20);/gi, ' '));
}

function shown(text: string): string {
  return text.slice(0, 30);
}
