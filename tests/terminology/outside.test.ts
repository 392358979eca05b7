import type { FhirResource, Parameters, ValueSet } from 'fhir/r4.js';
import { expect, it } from 'vitest';
import { Fault } from '../../resources/index.ts';
import { expandValueSet } from '../../terminology/expansion.ts';
import { lookUp } from '../../terminology/lookup.ts';
import { goingOn, isInOutside, type OutsideAnswer } from '../../terminology/outside.ts';
import { validateCode } from '../../terminology/validation.ts';
import { testContext } from '../setup/context.ts';
import { faultFrom } from '../setup/fault.ts';
import { allWards, shelvesOf, WARDS, wards } from './double.ts';

const SNOMED = 'http://snomed.info/sct';
const shelves = shelvesOf(wards, allWards);
const diseases: ValueSet = {
  resourceType: 'ValueSet',
  url: 'urn:diseases',
  status: 'active',
  compose: { include: [{ system: SNOMED, filter: [{ property: 'concept', op: 'is-a', value: '64572001' }] }] },
};
const yes: FhirResource = { resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: true }] };

function asking(answer: OutsideAnswer) {
  const asked: [path: string, names: string][] = [];
  const outside = {
    async ask(path: string, { parameter = [] }: Parameters) {
      asked.push([path, parameter.map(({ name }) => name).join(' ')]);
      return answer;
    },
  };
  const context = testContext();
  const here = {
    expand: (request: object) => expandValueSet(request, shelves, context),
    validateCode: (request: object) => validateCode(request, shelves, context),
    lookUp: (request: object) => lookUp(request, shelves, context),
  };
  return { asked, outside, questions: goingOn(here, outside, async ({ valueSet }) => valueSet), context };
}

it('asks nothing of what is known here, or wrong here', async () => {
  const { asked, questions, context } = asking({ resource: yes });
  await questions.lookUp({ system: WARDS, code: 'neuro' }, context);
  await questions.validateCode({ system: WARDS, code: 'kitchen' }, context);
  await questions.expand({ url: allWards.url! }, context);
  expect(await faultFrom(questions.lookUp({ system: WARDS, code: 'kitchen' }, context))).toMatchObject({
    kind: 'not-found',
  });
  expect(await faultFrom(questions.lookUp({ code: 'kitchen' }, context))).toMatchObject({ kind: 'invalid-request' });
  expect(asked).toEqual([]);
});

it('asks of systems and value sets that are not known here', async () => {
  const { asked, questions, context } = asking({ resource: yes });
  expect(await questions.lookUp({ system: SNOMED, code: '22298006' }, context)).toEqual(yes.parameter);
  await questions.validateCode({ system: SNOMED, code: '22298006', display: 'Infarct' }, context);
  await questions.validateCode({ valueSet: { valueSet: diseases }, system: SNOMED, code: '22298006' }, context);
  await questions.validateCode({ valueSet: { url: 'urn:none' }, system: SNOMED, code: '1' }, context);
  expect(asked).toEqual([
    ['CodeSystem/$lookup', 'code system'],
    ['CodeSystem/$validate-code', 'code url display'],
    ['ValueSet/$validate-code', 'valueSet code system'],
    ['ValueSet/$validate-code', 'url code system'],
  ]);
});

it('expands by it', async () => {
  const { asked, questions, context } = asking({ resource: { ...diseases, expansion: { timestamp: '2026' } } });
  expect(
    (await questions.expand({ valueSet: diseases, filter: 'heart', count: 5 }, context)).expansion?.timestamp,
  ).toBe('2026');
  expect(asked).toEqual([['ValueSet/$expand', 'valueSet filter count']]);
});

it('answers as without it where it is away, and says so', async () => {
  const { questions, context } = asking({ because: 'it cannot be reached' });
  const fault = await faultFrom(questions.lookUp({ system: SNOMED, code: '22298006' }, context));
  expect(fault).toBeInstanceOf(Fault);
  expect(fault.findings[0]!.hint).toContain('The outside terminology server was asked: it cannot be reached.');
  const own = await questions.validateCode({ system: SNOMED, code: '22298006' }, context);
  expect(own[0]).toMatchObject({ name: 'result', valueBoolean: false });
});

it('says of a code that it is in a value set, is not, or that this cannot be said', async () => {
  const answer = (...parameter: object[]) => ({ resource: { resourceType: 'Parameters', parameter } as FhirResource });
  const no = { name: 'result', valueBoolean: false };
  const unknown = { name: 'issues', resource: { resourceType: 'OperationOutcome', issue: [{ code: 'not-found' }] } };
  for (const [said, wanted] of [
    [answer({ name: 'result', valueBoolean: true }), true],
    [answer(no), false],
    [answer(no, unknown), undefined],
    [answer(no, { name: 'message', valueString: 'Code System not found' }), undefined],
    [{ because: 'it cannot be reached' }, undefined],
  ] as const) {
    const { outside, context } = asking(said);
    const question = { valueSet: 'urn:diseases', system: SNOMED, code: '22298006' };
    expect(await isInOutside(outside, diseases, question, context)).toBe(wanted);
  }
});
