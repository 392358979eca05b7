/** Each example of the manual is carried out, so that no page can lie. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Captured, differences, type Example, fill, readExamples } from './setup/examples.ts';
import { testServer } from './setup/server.ts';

const server = await testServer();

const PRINTED = 'http://localhost:8080/fhir';
const folder = new URL('../docs/interactions/', import.meta.url);

/** What the page shows of a text in which the server under test stands for the printed one. */
const shown = (text: string) => text.replaceAll(server.base, PRINTED);
const sent = (text: string) => text.replaceAll(PRINTED, server.base);

async function broken({ request, response }: Example, captured: Captured): Promise<string[]> {
  const path = request.path.replace(/^\/fhir\/?/, '');
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, sent(value)]));
  const body = request.body === undefined ? undefined : sent(fill(request.body, captured));
  const reply = await server.request(request.method, encodeURI(fill(path, captured)), { headers, body });
  const faults =
    reply.status === response.status
      ? []
      : [`status is ${reply.status}, not ${response.status}: ${reply.text.slice(0, 400)}`];
  for (const [name, promised] of Object.entries(response.headers)) {
    faults.push(...differences(promised, shown(String(reply.headers[name] ?? '')), captured, name));
  }
  if (response.body !== undefined) {
    faults.push(...differences(response.body, reply.text === '' ? undefined : JSON.parse(shown(reply.text)), captured));
  }
  return faults;
}

for (const name of readdirSync(folder).filter((file) => file.endsWith('.md'))) {
  describe(`docs/interactions/${name}`, () => {
    const captured: Captured = new Map();
    const examples = readExamples(new URL(name, folder));

    it('has examples', () => expect(examples.length).toBeGreaterThan(0));

    for (const example of examples) {
      it(`line ${example.line}: ${example.request.method} ${example.request.path}`, async () => {
        expect(await broken(example, captured)).toEqual([]);
      });
    }
  });
}

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
