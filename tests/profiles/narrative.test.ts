import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrativeFault } from '../../profiles/narrative.ts';
import { compile } from '../../resources/index.ts';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';

const div = (inside: string) => `<div xmlns="http://www.w3.org/1999/xhtml">${inside}</div>`;

describe('a narrative', () => {
  it.each([
    div('<p>Peter <b>Chalmers</b></p>'),
    div('<table border="1"><tr><td colspan="2" style="color: red">a</td></tr></table>'),
    div('a &amp; b &#160; &#xA9; &lt;'),
    div('<img src="#photo" alt="portrait"/>'),
    div(
      '<img src="#heart" alt="heart" usemap="#m"/><map name="m"><area shape="rect" coords="0,0,9,9" href="#a" alt="a"/></map>',
    ),
    div(
      '<table bgcolor="white"><tr bgcolor="silver"><td>a<br clear="all"/></td></tr></table><hr width="50%" size="1"/>',
    ),
    div('<a href="http://example.org?a=1&amp;b=2">link</a><!-- told by the ward --><br/>'),
    '  <div>no namespace, as some write it</div>  ',
    `<div lang='de'>Größe 😀</div>`,
  ])('may be %s', (xhtml) => expect(narrativeFault(xhtml)).toBeUndefined());

  it.each([
    [div('<script>alert(1)</script>'), 'script'],
    [div('<p onclick="steal()">a</p>'), 'onclick'],
    [div('<a href="javascript:steal()">a</a>'), 'script'],
    [div('<ins>a</ins>'), '<ins>'],
    [div('<p>a'), 'close <p>'],
    [div('<b><i>a</b></i>'), 'close <i>'],
    [div('a &nbsp; b'), 'five entities'],
    [div('a & b'), 'five entities'],
    [div('<p class=a>b</p>'), 'well-formed'],
    [div('<p class="a" class="b">b</p>'), 'twice'],
    [div('<form><input type="text"/></form>'), '<form>'],
    [div('<![CDATA[a]]>'), 'CDATA'],
    ['<!DOCTYPE div []><div>a</div>', 'declaration'],
    [div('<!-- a -- b -->'), 'comment'],
    [div('<P>a</P>'), '<P>'],
    [div('a\u0001'), 'character'],
    ['<p>a</p>', '<p>'],
    ['text', 'outside'],
    ['<div>a</div><div>b</div>', 'more than one'],
    ['<div>a</div> b', 'outside'],
    ['<div xmlns="http://www.w3.org/2000/svg">a</div>', 'namespace'],
    ['<div>a', 'close <div>'],
    ['</div>', 'opened'],
    ['', 'no <div>'],
  ])('may not be %s', (xhtml, word) => {
    expect(narrativeFault(xhtml)).toMatchObject({ rule: 'txt-1', text: expect.stringContaining(word) });
  });

  it.each([div(''), div('  \n'), div('<p> </p>'), div('&#160;'), '<div/>'])(
    'needs something to read, unlike %s',
    (xhtml) => expect(narrativeFault(xhtml)?.rule).toBe('txt-2'),
  );

  it('never takes long and never throws', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      'div',
      ' ',
      '"',
      "'",
      '=',
      '&',
      ';',
      'a',
      '<!--',
      '-->',
      '<div>',
      '</div>',
    );
    fc.assert(fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => void narrativeFault(pieces.join(''))));
    for (const hostile of [
      `<div ${' '.repeat(100_000)}`,
      `<div ${'a="b" '.repeat(50_000)}`,
      '<'.repeat(100_000),
      '&'.repeat(100_000),
    ])
      expect(narrativeFault(hostile)).toBeDefined();
  });
});

describe.runIf(hasSharedData)('narratives of the examples of R4', () => {
  const htmlChecks = compile('htmlChecks()', 'xhtml');

  it('are judged as the FHIRPath engine judges them', () => {
    let count = 0;
    const folder = sharedData('r4-examples/');
    for (const file of readdirSync(folder).filter((it) => it.endsWith('.json'))) {
      const text = readFileSync(new URL(file, folder), 'utf8');
      if (!text.includes('"div"') || text.length > 300_000) continue;
      for (const [, written] of text.matchAll(/"div"\s*:\s*("(?:[^"\\]|\\.)*")/g)) {
        const xhtml = JSON.parse(written!);
        count++;
        expect(narrativeFault(xhtml) === undefined, `${file} ${xhtml.slice(0, 200)}`).toBe(htmlChecks(xhtml)[0]);
      }
    }
    expect(count).toBeGreaterThan(500);
  });
});
