import { describe, expect, it } from 'vitest';
import { type Brought, decide, idsOf, type Present } from '../../../store/guides/decide.ts';
import type { GuideMember } from '../../../store/guides/records.ts';

const URL = 'http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient';
const type = 'StructureDefinition';
const member = (more: Partial<GuideMember> = {}): GuideMember => ({
  type,
  ownId: 'us-core-patient',
  url: URL,
  version: '6.1.0',
  hash: 'aa',
  draft: () => {
    throw new Error('Nothing is written while it is decided.');
  },
  ...more,
});
const present = (more: Partial<Present> = {}): Present => ({
  type,
  id: 'us-core-patient',
  url: URL,
  version: '6.1.0',
  ver: 1,
  deleted: false,
  ...more,
});
const brought = (more: Partial<Brought> = {}): Brought => ({
  guide: 1,
  type,
  id: 'us-core-patient',
  ownId: 'us-core-patient',
  url: URL,
  version: '6.1.0',
  hash: 'aa',
  ver: 1,
  ...more,
});
const fate = (...args: Parameters<typeof decide>) => {
  const { member: _, ...rest } = decide(...args).fates[0]!;
  return rest;
};

describe('a member', () => {
  it('gets its own id where that is free, or was of something deleted', () => {
    expect(fate([member()], undefined, [], [])).toEqual({ id: 'us-core-patient', do: 'create' });
    expect(fate([member()], undefined, [present({ deleted: true, url: undefined })], [])).toEqual({
      id: 'us-core-patient',
      do: 'create',
    });
  });

  it('gets its version into its id where another version has that, and something of its own where both are taken', () => {
    const seven = member({ version: '7.0.0' });
    expect(fate([seven], undefined, [present()], [brought()])).toEqual({ id: 'us-core-patient-7.0.0', do: 'create' });
    const both = [present(), present({ id: 'us-core-patient-7.0.0', url: 'http://hospital.example.org/other' })];
    expect(fate([seven], undefined, both, []).id).toMatch(/^us-core-patient-[0-9a-f]{8}$/);
  });

  it('stays where it is the same as it was brought, and is written where it is not', () => {
    expect(fate([member()], 1, [present()], [brought()])).toMatchObject({ do: 'keep', isChanged: false });
    expect(fate([member({ hash: 'bb' })], 1, [present()], [brought()])).toEqual({
      id: 'us-core-patient',
      do: 'update',
      ver: 1,
    });
  });

  it('stays as somebody made it', () => {
    for (const now of [present({ ver: 2 }), present({ ver: 2, deleted: true, url: undefined })]) {
      expect(fate([member({ hash: 'bb' })], 1, [now], [brought()])).toMatchObject({
        do: 'keep',
        ver: 1,
        isChanged: true,
      });
    }
  });

  it('is left to whoever stored the same canonical in the same version', () => {
    expect(fate([member()], undefined, [present({ id: 'mine' })], [])).toEqual({ id: 'mine', do: 'leave' });
    const other = brought({ guide: 2, id: 'theirs', ver: 3 });
    expect(fate([member()], undefined, [present({ id: 'theirs', ver: 3 })], [other])).toMatchObject({
      do: 'share',
      with: 2,
      ver: 3,
      isSame: true,
    });
    expect(fate([member({ hash: 'bb' })], undefined, [present({ id: 'theirs' })], [other])).toMatchObject({
      do: 'share',
      isSame: false,
    });
  });

  it('gets an id that no other member of the package has', () => {
    const twins = [member(), member({ url: `${URL}-2` })];
    const ids = decide(twins, undefined, [], []).fates.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });
});

it('tells what a package had and has no longer', () => {
  const old = brought({ id: 'us-core-old', url: `${URL}-old` });
  expect(decide([member()], 1, [present()], [brought(), old, brought({ guide: 2, id: 'other' })]).gone).toEqual([old]);
});

describe('idsOf', () => {
  it('are ids, however long or odd what they are made of', () => {
    const odd = member({ ownId: `${'x'.repeat(60)}_ä`, version: '7.0.0-cibuild+2024' });
    for (const id of [
      ...idsOf(odd),
      ...idsOf(member({ ownId: undefined })),
      ...idsOf(member({ ownId: undefined, url: undefined })),
    ]) {
      expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
    }
    expect(idsOf(member({ ownId: undefined }))[0]).toBe('us-core-patient');
    expect(idsOf(member({ ownId: undefined, url: undefined, version: undefined }))[0]).toMatch(/^[0-9a-f]{8}$/);
  });
});
