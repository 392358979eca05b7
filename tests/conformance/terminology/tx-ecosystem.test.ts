/** The general suites of the FHIR terminology ecosystem, over HTTP. https://build.fhir.org/ig/HL7/fhir-tx-ecosystem-ig/ */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { testServer } from '../../setup/server.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';
import { inR5, unlike } from './matching.ts';
import { differences } from './tx-differences.ts';

interface Case {
  readonly name: string;
  readonly operation: string;
  readonly mode?: string;
  readonly request: string;
  readonly response: string;
  readonly 'response:flat'?: string;
  readonly 'Accept-Language'?: string;
  readonly 'http-code'?: string;
}
interface Suite {
  readonly name: string;
  readonly setup: readonly string[];
  readonly tests: readonly Case[];
}

const OPERATIONS: Readonly<Record<string, string>> = {
  expand: 'ValueSet/$expand',
  lookup: 'CodeSystem/$lookup',
  'validate-code': 'ValueSet/$validate-code',
  'batch-validate': 'ValueSet/$batch-validate-code',
};

const place = (path: string) => sharedData(`tx-ecosystem/${path}`);
const read = (path: string) => JSON.parse(readFileSync(place(path), 'utf8').replace(/^\uFEFF/, ''));

/** As R4 has it: some files hold members that are none (`title:en`), and text where a truth value belongs. */
function cleaned(value: any): any {
  if (Array.isArray(value)) return value.map(cleaned);
  if (value === null || typeof value !== 'object') return value;
  const kept = Object.entries(value).filter(([key]) => !key.includes(':'));
  return Object.fromEntries(
    kept.map(([key, one]) => [key, key === 'valueBoolean' ? String(one) === 'true' : cleaned(one)]),
  );
}

describe.runIf(hasSharedData)('the tx-ecosystem', async () => {
  const suites: Suite[] = hasSharedData ? read('test-cases.json').suites : [];
  // The suites are of R5: what only R4 refuses is stored all the same.
  const server = await testServer({ VESTA_VALIDATION: 'off' });
  const failed = new Map<string, string[]>();
  let count = 0;

  for (const suite of suites) {
    describe(suite.name, () => {
      it('has what it stands on', async () => {
        for (const path of suite.setup.filter((one) => existsSync(place(one)))) {
          const { resourceType, id: _, ...rest } = cleaned(read(path));
          const unique = `${path.replace(/[^A-Za-z0-9]/g, '-').slice(0, 60)}`;
          const reply = await server.put(`${resourceType}/${unique}`, { resourceType, id: unique, ...rest });
          if (reply.status > 299) console.log(path, reply.text.slice(0, 500));
        }
      });

      for (const one of suite.tests.filter(({ mode }) => mode === undefined)) {
        it(one.name, async () => {
          count++;
          const language = one['Accept-Language'];
          const headers: Record<string, string> = language === undefined ? {} : { 'Accept-Language': language };
          const reply = await server.post(OPERATIONS[one.operation]!, cleaned(read(one.request)), headers);
          const faults = judge(one, reply.status, reply.json);
          if (faults.length > 0) failed.set(one.name, faults);
        });
      }
    });
  }

  it('differs only where that is explained', () => {
    const unexplained = [...failed].filter(([name]) => !Object.hasOwn(differences, name));
    for (const [name, faults] of unexplained) console.log([name, ...faults.slice(0, 6)].join(' / '));
    console.log(`tx-ecosystem: ${count - failed.size} of ${count} as expected`);
    expect([...failed.keys()].sort()).toEqual(Object.keys(differences).sort());
  });
});

function judge(one: Case, status: number, actual: any): string[] {
  const isRefusal = one['http-code'] !== undefined;
  if (isRefusal ? status < 400 || status > 499 : status !== 200)
    return [`status ${status}: ${JSON.stringify(actual).slice(0, 400)}`];
  const expected = read(one.response);
  if (!isRefusal) {
    const faults = unlike(expected, inR5(actual));
    const flat = one['response:flat'];
    // A server need not put codes below each other. (readme, modes)
    return faults.length > 0 && flat && unlike(read(flat), inR5(actual)).length === 0 ? [] : faults;
  }
  // Whose codes the details have differs from server to server; what is wrong and where does not.
  const bare = ({ issue }: any) =>
    issue.map(({ severity, code, details, extension }: any) => ({
      severity,
      code,
      text: details.text,
      id: extension?.find(({ url }: any) => url.endsWith('message-id'))?.valueString,
    }));
  return unlike(bare(expected), bare(actual));
}
