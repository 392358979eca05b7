/** Each example of the manual is carried out, so that no page can lie. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type Captured, differences, type Example, fill, readExamples } from './setup/examples.ts';
import { type TestServer, testServer } from './setup/server.ts';

const server = await testServer();
/** The page about searches has records of its own. */
const searched = await testServer();

const PRINTED = 'http://localhost:8080/fhir';
const folders = ['interactions', 'operations'].map((name) => new URL(`../docs/${name}/`, import.meta.url));

/** What the page shows of a text in which the server under test stands for the printed one. */
const shown = (text: string, { base } = server) => text.replaceAll(base, PRINTED);
const sent = (text: string, { base } = server) => text.replaceAll(PRINTED, base);

async function broken({ request, response }: Example, captured: Captured, asked = server): Promise<string[]> {
  const path = request.path.replace(/^\/fhir\/?/, '');
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [name, sent(value, asked)]),
  );
  const body = request.body === undefined ? undefined : sent(fill(request.body, captured), asked);
  const reply = await asked.request(request.method, encodeURI(fill(path, captured)), { headers, body });
  const faults =
    reply.status === response.status
      ? []
      : [`status is ${reply.status}, not ${response.status}: ${reply.text.slice(0, 400)}`];
  for (const [name, promised] of Object.entries(response.headers)) {
    faults.push(...differences(promised, shown(String(reply.headers[name] ?? ''), asked), captured, name));
  }
  if (response.body !== undefined) {
    faults.push(
      ...differences(response.body, reply.text === '' ? undefined : JSON.parse(shown(reply.text, asked)), captured),
    );
  }
  return faults;
}

const pages = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.md'))
    .map((file) => new URL(file, folder)),
);
pages.push(new URL('../docs/terminology.md', import.meta.url));
for (const page of pages) {
  describe(page.pathname.split('/').slice(-3).join('/'), () => {
    const captured: Captured = new Map();
    const examples = readExamples(page);

    it('has examples', () => expect(examples.length).toBeGreaterThan(0));

    for (const example of examples) {
      it(`line ${example.line}: ${example.request.method} ${example.request.path}`, async () => {
        expect(await broken(example, captured)).toEqual([]);
      });
    }
  });
}

describe('docs/search.md', () => {
  const file = new URL('../docs/search.md', import.meta.url);
  const captured: Captured = new Map();
  const items = [
    ...readExamples(file).map((example) => ({
      line: example.line,
      title: `${example.request.method} ${example.request.path}`,
      faults: () => broken(example, captured, searched),
    })),
    ...readRows(readFileSync(file, 'utf8')),
  ].sort((a, b) => a.line - b.line);

  it('has examples of everything', () => expect(items.length).toBeGreaterThan(100));

  it.each(items.map(({ line, title, faults }) => [line, title, faults] as const))('line %i: %s', async (...item) =>
    expect(await item[2]()).toEqual([]),
  );

  it('has a line in its contents for each section', () => {
    const text = readFileSync(file, 'utf8');
    const anchors = [...text.matchAll(/^## (.*)$/gm)].map(([, title]) =>
      title!.toLowerCase().replace(/,/g, '').replaceAll(' ', '-'),
    );
    for (const anchor of anchors) expect(text).toContain(`(#${anchor})`);
    for (const [, anchor] of text.matchAll(/\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });
});

describe('README.md', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const session = readme.slice(readme.indexOf('## A first session'), readme.indexOf('## Loading records'));
  const commands = [
    ...session.matchAll(/^curl -s (?:-X (\w+) )?'?(http[^\s']+)'?([^\n]*?(?:-d '(.*?)')?)(?:\s*#[^\n]*)?$/gms),
  ];

  it('has a first session', () => expect(commands.length).toBeGreaterThanOrEqual(6));

  it.each(commands.map((command) => [command[0].split('\n')[0]!, command] as const))(
    '%s',
    async (_line, [, method, url, , body]) => {
      const { status, json } = await server.request(method ?? (body === undefined ? 'GET' : 'POST'), sent(url!), {
        body,
      });
      expect(status).toBeLessThan(300);
      expect(json.resourceType).not.toBe('OperationOutcome');
      if (json.type === 'searchset') expect(json.entry.length).toBeGreaterThan(0);
    },
  );

  it('leads only to pages that are there', () => {
    const links = [...readme.matchAll(/\]\((docs\/[^)#]+)/g)].map(([, link]) => link!);
    for (const link of links)
      expect(readFileSync(new URL(`../${link}`, import.meta.url), 'utf8').length, link).toBeGreaterThan(100);
  });
});

interface Row {
  readonly line: number;
  readonly title: string;
  faults(): Promise<string[]>;
}

/**
 * The rows of the tables of searches: the query, then what it finds (`a, b`, in their order `a → b`, and behind `+` what
 * is included) or the status and issue code of its refusal.
 */
function readRows(text: string): Row[] {
  return text.split('\n').flatMap((line, index) => {
    const cells = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
    const query = /^`(.*)`$/.exec(cells[1] ?? '')?.[1]?.replaceAll('\\|', '|');
    if (cells.length !== 5 || query === undefined || (!query.includes('?') && !query.includes('/'))) return [];
    return [{ line: index + 1, title: query, faults: () => brokenRow(searched, query, cells[2]!) }];
  });
}

async function brokenRow(asked: TestServer, query: string, promised: string): Promise<string[]> {
  const path = encodeURI(query).replaceAll('+', '%2B');
  let reply = await asked.request('GET', path);
  // A parameter that is being built.
  for (let nth = 0; reply.status === 503 && nth < 100; nth++) {
    await sleep(100);
    reply = await asked.request('GET', path);
  }
  const refusal = /^(\d{3}) (.+)$/.exec(promised);
  if (refusal) {
    const told = `${reply.status} ${reply.json?.issue?.[0]?.code}`;
    return told === promised ? [] : [`is ${told}: ${reply.text.slice(0, 400)}`];
  }
  if (reply.status !== 200) return [`status is ${reply.status}: ${reply.text.slice(0, 400)}`];
  const ids = (mode: string) =>
    (reply.json.entry ?? []).filter((one: any) => one.search.mode === mode).map((one: any) => one.resource.id);
  const [matches = '', included = ''] = promised.split(' + ');
  const isOrdered = matches.includes(' → ');
  const found = [
    (isOrdered ? ids('match') : ids('match').sort()).join(isOrdered ? ' → ' : ', ') || 'nothing',
    ids('include').sort().join(', '),
  ];
  return found[0] === matches && found[1] === included ? [] : [`finds ${found.join(' + ')}`];
}
