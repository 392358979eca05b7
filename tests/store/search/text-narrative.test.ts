import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { narrativeTexts } from '../../../store/search/text-narrative.ts';

describe('narrativeTexts', () => {
  it.each([
    ['<div>one</div>', ['one']],
    ['<div xmlns="http://www.w3.org/1999/xhtml"><p>one</p><p>two</p></div>', ['one', 'two']],
    ['<div>hae<b>mo</b>globin</div>', ['haemoglobin']],
    ['<div>one<br/>two</div>', ['one', 'two']],
    ['<table><tr><td>HbA1c</td><td>7.2 %</td></tr></table>', ['HbA1c', '7.2 %']],
    ['<div title="a > b">text</div>', ['text']],
    ["<a href='x>y'>link</a>", ['link']],
    ['<div>be<!-- <p>not shown</p> -->fore</div>', ['before']],
    ['<div>M&uuml;ller &amp; &Scaron;imek</div>', ['Müller   Šimek']],
    ['<div>&alpha;-blocker &Omega;3 &micro;g &szlig; &AElig;</div>', ['α-blocker Ω3 µg ß Æ']],
    ['<div>&#228;&#xE4; &#0; &#x110000; &unknown; &;</div>', ['ää       &;']],
    ['<div> \n </div>', []],
    ['', []],
    // Broken, as it may have been stored by others.
    ['<div>text <unclosed', ['text ']],
    ['a < b <p>c', ['a ', 'c']],
    ['<!-- never ends', []],
  ])('%s', (xhtml, texts) => expect(narrativeTexts(xhtml)).toEqual(texts));

  it('never fails', () =>
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '/', '"', "'", '&', ';', '#', 'x', 'p', '!', '-', '9', ' ') }),
        (xhtml) => {
          narrativeTexts(xhtml);
        },
      ),
    ));

  it('takes no longer than the text is', () => {
    expect(narrativeTexts(`${'<'.repeat(200_000)}`)).toEqual([]);
    expect(narrativeTexts(`${'<a "'.repeat(100_000)}`)).toEqual([]);
    expect(narrativeTexts(`${'&'.repeat(200_000)}`)[0]).toHaveLength(200_000);
  });
});
