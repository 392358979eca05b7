import { describe, expect, it } from 'vitest';
import type { Call } from '../../operations/call.ts';
import { type Plan, refuseProvenance, writeWithProvenance } from '../../operations/provenance.ts';
import type { Prepared, Records, Revision, Version, Written } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';
import { testEnvironment } from '../setup/environment.ts';
import { expressionsOf, faultFrom, faultOf } from '../setup/fault.ts';

const context = testContext();
const provenance = { resourceType: 'Provenance', recorded: '2026-11-21T10:00:00Z', agent: [{ who: { display: 'A' } }] };

const call = (interaction: Call['interaction'], header: unknown = provenance): Call => ({
  interaction,
  type: 'Patient',
  query: [],
  headers: { provenance: typeof header === 'string' ? header : JSON.stringify(header) },
  prefer: {},
});

const version: Version = {
  type: 'Patient',
  id: 'anna',
  version: 3,
  lastUpdated: '2026-11-21T10:11:12.345Z',
  method: 'PUT',
  deleted: false,
  text: '{}',
};

/** A store that is `stale` so many times, and the texts of what was stored beside. */
function storing(staleTimes = 0, matches: readonly string[] = []) {
  const beside: any[] = [];
  let asked = 0;
  const records: Partial<Records> = {
    match: async () => [matches],
    read: async () => version,
    prepare: (draft) => ({ draft }) as unknown as Prepared,
    missing: async (_access, keys) => keys,
    revise: async (_access, _target, _context, decide) => {
      if (asked++ < staleTimes) return 'stale';
      const revision: Revision = await decide(version);
      const written: Written = { version, created: false, changed: true };
      for (const one of revision.with!(written)) beside.push((one as any).draft);
      return written;
    },
  };
  return { records, beside, asked: () => asked };
}

const plan = (): Plan => ({ id: 'anna', write: () => ({ do: 'delete', type: 'Patient', id: 'anna' }) });
const criteria = { type: 'Patient', query: [['identifier', '7']], where: 'PUT Patient' } as const;

describe('the Provenance', () => {
  it('gets the version that was written as its target, and an id of its own', async () => {
    const { records, beside } = storing();
    await writeWithProvenance(call('update'), undefined, testEnvironment(records), context, plan);
    expect(beside).toHaveLength(1);
    expect(beside[0]).toMatchObject({ type: 'Provenance', id: undefined, method: 'POST' });
    expect(beside[0].parsed.value).toEqual({ ...provenance, target: [{ reference: 'Patient/anna/_history/3' }] });
    expect(beside[0].references.map((one: any) => one.reference)).toEqual(['Patient/anna/_history/3']);
  });

  it('is not stored where a create finds its resource', async () => {
    const { records, asked } = storing(0, ['anna']);
    const written = await writeWithProvenance(call('create'), criteria, testEnvironment(records), context, ([id]) => ({
      existing: id!,
    }));
    expect(written).toEqual({ version, created: false, changed: false });
    expect(asked()).toBe(0);
  });

  it('must have targets that exist, but for the one that is written, where references must', async () => {
    const { records, asked } = storing();
    const header = { ...provenance, agent: [{ who: { reference: 'Practitioner/nobody' } }] };
    const environment = testEnvironment(records, { references: 'exist' });
    const fault = await faultFrom(writeWithProvenance(call('update', header), undefined, environment, context, plan));
    expect(fault).toMatchObject({
      kind: 'missing-target',
      message: 'X-Provenance: Practitioner/nobody does not exist.',
    });
    expect(expressionsOf(fault)).toEqual(['Provenance.agent[0].who']);
    expect(asked()).toBe(0);
  });
});

describe('criteria whose matches change meanwhile', () => {
  it('are asked again', async () => {
    const { records, asked } = storing(3);
    await writeWithProvenance(call('update'), criteria, testEnvironment(records), context, plan);
    expect(asked()).toBe(4);
  });

  it('are told of where they never stop changing', async () => {
    const { records, asked } = storing(Number.POSITIVE_INFINITY);
    const work = writeWithProvenance(call('update'), criteria, testEnvironment(records), context, plan);
    expect((await faultFrom(work)).kind).toBe('conflict');
    expect(asked()).toBeLessThan(100);
  });
});

describe('a header that would not be obeyed', () => {
  it.each(['delete', 'transaction'] as const)('is refused with a %s', (interaction) => {
    expect(faultOf(() => refuseProvenance(call(interaction))).kind).toBe('not-supported');
  });

  it.each(['create', 'update', 'patch', 'read', 'search-type'] as const)('is let through with a %s', (interaction) => {
    expect(() => refuseProvenance(call(interaction))).not.toThrow();
  });

  it('is no matter where it was not sent', () => {
    expect(() => refuseProvenance({ ...call('delete'), headers: {} })).not.toThrow();
  });
});
