/** The tabular list of ICD-10-CM: chapters, sections, codes within codes, and seventh characters that are said once for many. */
import { type SaxesAttributeNS, SaxesParser, type SaxesTagNS } from 'saxes';
import type { Fact } from '../../../terminology/index.ts';
import { broken } from '../broken.ts';
import type { Release, ReleaseFile } from '../release.ts';

interface Open {
  readonly element: string;
  readonly attributes: Readonly<Record<string, string>>;
  text: string;
  code: string | undefined;
  name: string | undefined;
  hasBelow: boolean;
  readonly inclusions: string[];
  /** Seventh characters that its codes take. */
  readonly extensions: Map<string, string>;
}

/** Codes have six characters before the seventh. */
const STEM = 6;

/** @throws Refusal where it is no well-formed XML, with its line */
export async function* tabularFacts(release: Release, file: ReleaseFile): AsyncGenerator<readonly Fact[]> {
  const reader = new TabularReader(file.path);
  for await (const lines of release.lines(file, 'utf-8 or windows-1252')) {
    for (const { text, number } of lines) reader.write(`${text}\n`, number);
    yield reader.take();
  }
  reader.end();
  yield reader.take();
}

class TabularReader {
  readonly #path: string;
  readonly #parser = new SaxesParser({ xmlns: true });
  readonly #open: Open[] = [];
  #facts: Fact[] = [];
  #line = 0;

  constructor(path: string) {
    this.#path = path;
    const fail = (error: Error) => {
      throw broken(
        path,
        this.#line,
        `it is no well-formed XML: ${error.message.replace(/^\d+:\d+: /, '').replace(/\.$/, '')}`,
      );
    };
    this.#parser.on('error', fail);
    this.#parser.on('opentag', (tag) => this.#begin(tag));
    this.#parser.on('text', (text) => {
      const top = this.#open.at(-1);
      if (top) top.text += text;
    });
    this.#parser.on('closetag', () => this.#finish());
  }

  write(text: string, line: number): void {
    this.#line = line;
    this.#parser.write(text);
  }

  end(): void {
    this.#parser.close();
  }

  take(): Fact[] {
    const facts = this.#facts;
    this.#facts = [];
    return facts;
  }

  #begin({ local, attributes }: SaxesTagNS): void {
    const values = Object.entries(attributes as Record<string, SaxesAttributeNS>);
    this.#open.push({
      element: local,
      attributes: Object.fromEntries(values.map(([name, { value }]) => [name, value])),
      text: '',
      code: undefined,
      name: undefined,
      hasBelow: false,
      inclusions: [],
      extensions: new Map(),
    });
  }

  #finish(): void {
    const done = this.#open.pop()!;
    const around = this.#open.at(-1);
    const text = done.text.trim().replace(/\s+/g, ' ');
    switch (done.element) {
      case 'name':
        if (around?.element === 'diag') this.#place(around, text);
        return;
      case 'desc':
        if (around) around.name = text;
        if (around?.element === 'section') this.#place(around, around.attributes.id ?? '');
        return;
      case 'note':
        if (around?.element === 'inclusionTerm') this.#open.at(-2)?.inclusions.push(text);
        return;
      case 'extension':
        if (around?.element === 'sevenChrDef') this.#open.at(-2)?.extensions.set(done.attributes.char ?? '', text);
        return;
      case 'diag':
        this.#diagnosis(done);
        return;
      case 'section':
        this.#concept(done, { abstract: true });
    }
  }

  /** Its code is known before those below it are read. */
  #place(open: Open, code: string): void {
    if (code === '') throw broken(this.#path, this.#line, `a ${open.element} has no code`);
    open.code = code;
    const above = this.#above(this.#open.indexOf(open));
    if (above) above.hasBelow = true;
    this.#facts.push({ is: 'concept', code });
    if (above?.code !== undefined) this.#facts.push({ is: 'parent', code, parent: above.code });
  }

  #above(index: number): Open | undefined {
    return this.#open.slice(0, index).findLast(({ element }) => element === 'diag' || element === 'section');
  }

  #diagnosis(done: Open): void {
    if (done.code === undefined) throw broken(this.#path, this.#line, 'a diagnosis has no name');
    const all = [done, ...this.#open.toReversed()];
    const extensions = all.find((one) => one.extensions.size > 0)?.extensions ?? new Map<string, string>();
    this.#concept(done, { billable: !done.hasBelow && extensions.size === 0 });
    if (done.hasBelow) return;
    for (const [char, meaning] of extensions) {
      const code = `${padded(done.code)}${char}`;
      this.#facts.push({ is: 'concept', code }, { is: 'parent', code, parent: done.code });
      this.#named(code, `${done.name ?? done.code}, ${meaning}`, 0);
      this.#facts.push({ is: 'property', code, property: { code: 'billable', valueBoolean: true } });
    }
  }

  #concept({ code, name, inclusions }: Open, { abstract, billable }: { abstract?: boolean; billable?: boolean }): void {
    if (code === undefined) return;
    if (abstract) this.#facts.push({ is: 'concept', code, abstract });
    if (name) this.#named(code, name, 0);
    for (const one of inclusions) this.#named(code, one, 1);
    if (billable !== undefined) {
      this.#facts.push({ is: 'property', code, property: { code: 'billable', valueBoolean: billable } });
    }
  }

  #named(code: string, value: string, rank: number): void {
    this.#facts.push({ is: 'name', code, value, rank, language: 'en' });
  }
}

/** `S00.0` → `S00.0XX`: the seventh character stands in the seventh place. */
function padded(code: string): string {
  const plain = code.replace('.', '').padEnd(STEM, 'X');
  return `${plain.slice(0, 3)}.${plain.slice(3)}`;
}
