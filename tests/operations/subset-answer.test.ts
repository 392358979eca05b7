import { expect, it } from 'vitest';
import type { Call } from '../../operations/call.ts';
import { subsetAnswer } from '../../operations/subset-answer.ts';
import { faultOf } from '../setup/fault.ts';

const answer = {
  status: 200,
  etag: 'W/"1"',
  body: '{"resourceType":"Observation","id":"weight","meta":{"versionId":"1"},"text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">70.50 kg</div>"},"status":"final","code":{"text":"Body weight"},"valueQuantity":{"value":70.50,"unit":"kg"},"note":[{"text":"with shoes"}]}',
};

const call = (query: Call['query']): Call => ({
  interaction: 'read',
  type: 'Observation',
  id: 'weight',
  query,
  headers: {},
  prefer: {},
});

it('leaves an answer alone that nothing is asked of', () => {
  expect(subsetAnswer(call([]), answer)).toBe(answer);
  expect(subsetAnswer(call([['_pretty', 'true']]), answer)).toBe(answer);
});

it('keeps the digits of what it keeps, and the ETag', () => {
  const { body, etag } = subsetAnswer(call([['_elements', 'value']]), answer);
  expect(body).toContain('"value":70.50');
  expect(body).not.toContain('with shoes');
  expect(etag).toBe('W/"1"');
});

it('says that something is missing with the tag SUBSETTED', () => {
  const { body } = subsetAnswer(call([['_summary', 'true']]), answer);
  const resource = JSON.parse(body!);
  expect(resource.meta.tag).toEqual([expect.objectContaining({ code: 'SUBSETTED' })]);
  expect(resource.text).toBeUndefined();
});

it('refuses what no summary is called', () => {
  expect(faultOf(() => subsetAnswer(call([['_summary', 'short']]), answer)).status).toBe(400);
});
