/** The words of a narrative, without its markup. https://hl7.org/fhir/R4/narrative.html */

/** Elements inside of which a word goes on: all others end it. */
const INLINE = new Set(
  'a abbr acronym b bdo big cite code del dfn em font i ins kbd q s samp small span strike strong sub sup tt u var'.split(
    ' ',
  ),
);

/**
 * The texts of an XHTML fragment, one for each block: a phrase does not reach from one into the next.
 * Never fails: what is not well-formed is text.
 */
export function narrativeTexts(xhtml: string): readonly string[] {
  const blocks: string[] = [];
  let block = '';
  let at = 0;
  for (;;) {
    const open = xhtml.indexOf('<', at);
    block += xhtml.slice(at, open < 0 ? undefined : open);
    if (open < 0) break;
    const isComment = xhtml.startsWith('<!--', open);
    const close = isComment ? xhtml.indexOf('-->', open) : endOfTag(xhtml, open);
    if (close < 0) break;
    if (!isComment && !INLINE.has(nameOf(xhtml, open))) {
      blocks.push(block);
      block = '';
    }
    at = close + (isComment ? 3 : 1);
  }
  blocks.push(block);
  return blocks.filter((text) => /\S/.test(text)).map(decoded);
}

/** A quoted attribute may hold the character that ends the tag. */
function endOfTag(xhtml: string, open: number): number {
  let quote: string | undefined;
  for (let at = open + 1; at < xhtml.length; at++) {
    const character = xhtml[at]!;
    if (quote !== undefined) quote = character === quote ? undefined : quote;
    else if (character === '"' || character === "'") quote = character;
    else if (character === '>') return at;
  }
  return -1;
}

function nameOf(xhtml: string, open: number): string {
  return /^<\/?([a-z0-9]{0,20})/i.exec(xhtml.slice(open, open + 24))?.[1]?.toLowerCase() ?? '';
}

function decoded(text: string): string {
  return text.includes('&')
    ? text.replace(/&(#x?)?([a-z0-9]{1,10});/gi, (_, number, name) => character(number, name))
    : text;
}

/** What does not belong to a word is as good as a space. */
function character(number: string | undefined, name: string): string {
  if (number === undefined) return accented(name) ?? LETTERS.get(name) ?? ' ';
  const point = number === '#' ? Number(name) : Number.parseInt(name, 16);
  return Number.isInteger(point) && point >= 0x20 && point <= 0x10ffff ? String.fromCodePoint(point) : ' ';
}

/** `&uuml;` is u with two dots. */
function accented(name: string): string | undefined {
  const mark = MARKS.get(name.slice(1));
  return mark === undefined ? undefined : (name[0]! + mark).normalize('NFC');
}

const MARKS: ReadonlyMap<string, string> = new Map([
  ['acute', '\u0301'],
  ['caron', '\u030c'],
  ['cedil', '\u0327'],
  ['circ', '\u0302'],
  ['grave', '\u0300'],
  ['ring', '\u030a'],
  ['tilde', '\u0303'],
  ['uml', '\u0308'],
]);

/** The other letters that HTML 4 has names for. https://www.w3.org/TR/html4/sgml/entities.html */
const LETTERS: ReadonlyMap<string, string> = new Map([
  ...'AElig=Æ aelig=æ OElig=Œ oelig=œ Oslash=Ø oslash=ø ETH=Ð eth=ð THORN=Þ thorn=þ szlig=ß fnof=ƒ ordf=ª ordm=º micro=µ sup1=¹ sup2=² sup3=³'
    .split(' ')
    .map((pair) => pair.split('=') as [string, string]),
  ...greek(),
]);

/** `&Alpha;` … `&Omega;`, `&alpha;` … `&omega;`, in the order of their characters. */
function* greek(): Generator<[string, string]> {
  const names =
    'alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma tau upsilon phi chi psi omega';
  for (const [index, name] of names.split(' ').entries()) {
    yield [name, String.fromCharCode(0x3b1 + index)];
    if (name !== 'sigmaf') yield [name[0]!.toUpperCase() + name.slice(1), String.fromCharCode(0x391 + index)];
  }
}
