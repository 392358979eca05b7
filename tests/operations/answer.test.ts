import { describe, expect, it } from 'vitest';
import { absolute, locationOf, readAnswer, successOutcome, writeAnswer } from '../../operations/answer.ts';
import type { Version } from '../../store/index.ts';
import { testContext } from '../setup/context.ts';

const version: Version = {
  type: 'Patient',
  id: 'anna',
  version: 3,
  lastUpdated: '2026-11-21T10:11:12.345Z',
  method: 'PUT',
  deleted: false,
  text: '{"resourceType":"Patient","id":"anna"}',
};

it('answers a read with the text as it is stored, its ETag and its time', () => {
  expect(readAnswer(version)).toEqual({
    status: 200,
    body: version.text,
    etag: 'W/"3"',
    lastModified: '2026-11-21T10:11:12.345Z',
  });
});

describe('the answer to a write', () => {
  it('has the resource where the client has no preference, since most go on with its id and version', () => {
    expect(writeAnswer(201, version, {}, 'Created.').body).toBe(version.text);
  });

  it('has no body for return=minimal, but every header', () => {
    expect(writeAnswer(201, version, { return: 'minimal' }, 'Created.')).toEqual({
      status: 201,
      body: undefined,
      etag: 'W/"3"',
      lastModified: '2026-11-21T10:11:12.345Z',
      location: 'Patient/anna/_history/3',
    });
  });

  it('has an OperationOutcome that says what was done for return=OperationOutcome', () => {
    const { body } = writeAnswer(200, version, { return: 'OperationOutcome' }, 'Updated Patient/anna.');
    expect(JSON.parse(body!)).toEqual({
      resourceType: 'OperationOutcome',
      issue: [{ severity: 'information', code: 'informational', details: { text: 'Updated Patient/anna.' } }],
    });
  });
});

it('writes locations below the base of the caller', () => {
  const context = testContext({ base: 'https://fhir.hospital.example/r4' });
  expect(absolute(locationOf(version), context)).toBe('https://fhir.hospital.example/r4/Patient/anna/_history/3');
});

it('begins a success with resourceType, so that a response entry knows it for an outcome', () => {
  expect(successOutcome('Done.')).toMatch(/^\{"resourceType":"OperationOutcome"/);
});
