import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, Operations, Request } from '../../../operations/index.ts';
import { type Context, Fault, systemAccess } from '../../../resources/index.ts';
import { findFiles } from '../../../server/load/files.ts';
import { submitFile } from '../../../server/load/submit.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vesta-submit-'));
});
afterEach(() => rm(folder, { recursive: true }));

const context: Context = {
  access: systemAccess('test'),
  requestId: 'load',
  base: 'http://localhost:8080/fhir',
  now: Date.now,
  signal: new AbortController().signal,
  observe: () => {},
};

/** Carries out requests by `perform` and keeps what was asked. */
function operations(perform: (request: Request) => Answer): { asked: Request[]; operations: Operations } {
  const asked: Request[] = [];
  return {
    asked,
    operations: {
      perform: async (request) => {
        asked.push(request);
        return perform(request);
      },
      target: () => ({ interaction: 'update' }),
      close: async () => {},
    },
  };
}

async function submit(name: string, content: string, perform: (request: Request) => Answer) {
  await writeFile(join(folder, name), content);
  const {
    files: [file],
  } = await findFiles([join(folder, name)]);
  const { asked, operations: carried } = operations(perform);
  let stored = 0;
  const loading = {
    operations: carried,
    context: () => context,
    limits: { bodyBytes: 10_000 },
    stored: (count: number) => {
      stored += count;
    },
  };
  return { asked, stored: () => stored, result: await submitFile(file!, loading) };
}

describe('a file', () => {
  it('of one resource is stored under its own id', async () => {
    const { asked, result } = await submit('a.json', '{"resourceType":"Patient","id":"p1"}', () => ({ status: 201 }));
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual(['PUT Patient/p1']);
    expect(result).toEqual({ stored: 1, refusals: [], worthRetrying: false });
  });

  it('of lines is stored line by line, and a refusal names the line', async () => {
    const lines = [
      '{"resourceType":"Patient","id":"p1"}',
      '',
      '{"resourceType":"Patient"',
      '{"resourceType":"Patient"}',
    ];
    const { asked, result, stored } = await submit('a.ndjson', lines.join('\n'), () => ({ status: 201 }));
    expect(asked.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(['POST Patient', 'PUT Patient/p1']);
    expect(result.stored).toBe(2);
    expect(stored()).toBe(2);
    expect(result.refusals).toMatchObject([{ where: 'line 3', kind: 'invalid-json' }]);
  });

  it('of a batch tells each entry that was refused, and is not tried again where some were stored', async () => {
    const outcome = {
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'not-found',
          details: { coding: [{ code: 'missing-target' }], text: 'No such practitioner.' },
        },
      ],
    };
    const body = JSON.stringify({
      resourceType: 'Bundle',
      entry: [{ response: { status: '201 Created' } }, { response: { status: '422 x', outcome } }],
    });
    const { result } = await submit('a.json', '{"resourceType":"Bundle","type":"batch","entry":[]}', () => ({
      status: 200,
      body,
    }));
    expect(result.stored).toBe(1);
    expect(result.refusals).toMatchObject([{ where: 'Bundle.entry[1]', reason: 'No such practitioner.' }]);
    expect(result.worthRetrying).toBe(false);
  });

  it('whose conditional references lead nowhere yet is worth a second try', async () => {
    const { result } = await submit('a.json', '{"resourceType":"Bundle","type":"transaction","entry":[]}', () => {
      throw new Fault('missing-target', 'The conditional reference matches nothing.', {
        expression: 'Bundle.entry[0].resource',
      });
    });
    expect(result).toMatchObject({ stored: 0, worthRetrying: true, refusals: [{ where: 'Bundle.entry[0].resource' }] });
  });

  it('that is too long is refused', async () => {
    const { result } = await submit('a.json', `{"resourceType":"Patient","id":"${'x'.repeat(20_000)}"}`, () => ({
      status: 201,
    }));
    expect(result.refusals).toMatchObject([{ kind: 'too-large' }]);
  });

  it('does not hide that the database is gone', async () => {
    await expect(
      submit('a.json', '{"resourceType":"Patient"}', () => {
        throw new Fault('database-unavailable', 'The database cannot be reached.');
      }),
    ).rejects.toThrow('cannot be reached');
  });
});
