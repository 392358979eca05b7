import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Encoding, LINE_BYTES_MAX, linesOf } from '../../../server/terminology/lines.ts';

async function read(bytes: Buffer, at = 7, encoding?: Encoding): Promise<string[]> {
  async function* chunks() {
    for (let from = 0; from < bytes.length; from += at) yield bytes.subarray(from, from + at);
  }
  const lines: string[] = [];
  for await (const some of linesOf('a.txt', chunks(), encoding)) {
    for (const { text, number } of some) {
      expect(number).toBe(lines.length + 1);
      lines.push(text);
    }
  }
  return lines;
}

it('finds the same lines wherever the chunks end', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' })), fc.integer({ min: 1, max: 20 }), async (texts, at) => {
      const lines = texts.map((text) => text.replace(/[\r\n\uFEFF]/g, ''));
      expect(await read(Buffer.from(lines.map((line) => `${line}\r\n`).join('')), at)).toEqual(lines);
    }),
    { numRuns: 50 },
  ));

it('leaves out the mark at the beginning and takes a last line without an end', async () =>
  expect(await read(Buffer.from('\uFEFFa\n\nb'))).toEqual(['a', '', 'b']));

it('refuses what is no UTF-8, or reads it as Windows does where that is usual', async () => {
  const bytes = Buffer.from('a\nSociét\xe9\n', 'latin1');
  await expect(read(bytes)).rejects.toThrow('a.txt, line 2: it is not UTF-8 text');
  expect(await read(bytes, 7, 'utf-8 or windows-1252')).toEqual(['a', 'Société']);
});

it('refuses a line without end', async () =>
  expect(read(Buffer.alloc(LINE_BYTES_MAX + 10, 'x'), 100_000)).rejects.toThrow('a.txt, line 1: it has more than'));
