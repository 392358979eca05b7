import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge } from '../../profiles/validate.ts';
import { parseJson } from '../../resources/index.ts';
import { jsonValues } from '../setup/json-values.ts';
import { hasSharedData, sharedData } from '../setup/shared-data.ts';

const data = fileURLToPath(sharedData(''));

function judged(text: string): string[] {
  const parsed = parseJson(text);
  return judge(parsed.value.resourceType, parsed).findings.map((it) => `${it.expression}: ${it.text}`);
}

describe('judge', () => {
  it('finds nothing wrong with extensions of primitives, padded lists, contained resources and kept digits', () => {
    const patient = `{"resourceType":"Patient","id":"p1","contained":[{"resourceType":"Organization","id":"o","name":"Clinic"}],
      "name":[{"given":["Bénédicte",null,"Anne"],"_given":[null,{"extension":[{"url":"http://example.org/x","valueDecimal":1.00}]},null]}],
      "gender":"female","_birthDate":{"extension":[{"url":"http://hl7.org/fhir/StructureDefinition/data-absent-reason","valueCode":"unknown"}]},
      "managingOrganization":{"reference":"#o"},"_active":{"id":"a"},"text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\">B</div>"}}`;
    expect(judged(patient)).toEqual([]);
  });

  it('tells of each resource by an object of one kind, which V8 need not keep a hidden class of its own for', () => {
    const { value, ...rest } = parseJson('{"resourceType":"Basic","code":{"text":"Referral"}}');
    const judgement = judge('Basic', { value, ...rest }, { level: 'full' });
    expect(judgement.findings.map(({ rule }) => rule)).toEqual(['dom-6']);
    expect(Object.values(Object.getOwnPropertyDescriptors(judgement)).filter(({ get }) => get)).toEqual([]);
  });

  it('takes an extension for a required primitive that is not known', () => {
    const unknown = {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    };
    expect(
      judged(JSON.stringify({ resourceType: 'Observation', _status: unknown, code: { text: 'Body weight' } })),
    ).toEqual([]);
  });

  it('refuses an integer written with a point or an exponent, alone and in lists', () => {
    expect(judged('{"resourceType":"Patient","multipleBirthInteger":2.0}')).toHaveLength(1);
    expect(judged('{"resourceType":"Patient","multipleBirthInteger":2e0}')).toHaveLength(1);
    expect(judged('{"resourceType":"Patient","multipleBirthInteger":2}')).toEqual([]);
    const claim = judged('{"resourceType":"Claim","item":[{"sequence":1,"careTeamSequence":[1,2.0]}]}');
    expect(claim.filter((it) => it.startsWith('Claim.item'))).toEqual([
      expect.stringContaining('Claim.item[0].careTeamSequence[1]'),
      expect.stringContaining('Claim.item[0].productOrService'),
    ]);
  });

  it('refuses a resource of another type than expected, or of none', () => {
    expect(judge('Patient', parseJson('{"resourceType":"Person"}')).findings[0]!.expression).toBe(
      'Patient.resourceType',
    );
    expect(judge('Patient', parseJson('{}')).findings).toHaveLength(1);
  });

  it('collects every literal reference with the object that holds it, also in extensions and contained resources', () => {
    const parsed = parseJson(
      JSON.stringify({
        resourceType: 'Observation',
        status: 'final',
        code: { text: 'Body weight' },
        contained: [{ resourceType: 'PractitionerRole', id: 'r', practitioner: { reference: 'Practitioner/7' } }],
        extension: [
          {
            url: 'http://example.org/x',
            valueReference: { reference: 'urn:uuid:c757873d-ec9a-4326-a141-556f43239520' },
          },
        ],
        subject: { reference: 'Patient/p1' },
        performer: [{ reference: '#r' }, { display: 'Nurse' }, { reference: 'Organization?identifier=a|b' }],
      }),
    );
    const { references } = judge('Observation', parsed);
    expect(references.map(({ path, reference }) => `${path} ${reference}`)).toEqual([
      'Observation.contained[0].practitioner Practitioner/7',
      'Observation.extension[0].value urn:uuid:c757873d-ec9a-4326-a141-556f43239520',
      'Observation.subject Patient/p1',
      'Observation.performer[0] #r',
      'Observation.performer[2] Organization?identifier=a|b',
    ]);
    expect(references[2]!.holder).toBe(parsed.value.subject);
  });

  it('never throws, whatever the JSON', () => {
    const key = fc.constantFrom(
      'name',
      'contained',
      'contact',
      'extension',
      '_birthDate',
      'birthDate',
      'link',
      'other',
      'reference',
      'resourceType',
      'given',
      '_given',
      'id',
      'constructor',
      'toString',
    );
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 6 },
        jsonValues({ maxDepth: 1 }),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.dictionary(key, tie('value'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, value), (members) => {
        const text = JSON.stringify({ ...members, resourceType: 'Patient' });
        if (!text.includes('__proto__')) judge('Patient', parseJson(text));
      }),
    );
  });

  it('fails on a type that R4 does not have, which is a mistake of the caller', () => {
    expect(() => judge('Patent', parseJson('{}'))).toThrow('Patent');
  });
});

describe.runIf(hasSharedData)('real resources', () => {
  /** Examples that break R4 themselves, and where. */
  const faulty: Record<string, string> = {
    'DeviceMetric-example.json': 'DeviceMetric.parent',
    'DeviceUseStatement-example.json': 'DeviceUseStatement.reasonReference[0]',
    'ImplementationGuide-fhir.json': 'ImplementationGuide.name',
    'MedicationRequest-medrx0301.json': 'MedicationRequest.dispenseRequest.performer',
    'Observation-clinical-gender.json': 'Observation.performer[0]',
    'Questionnaire-qs1.json': 'Questionnaire.item[0].item[0].linkId',
  };

  it('accepts the examples of the specification but the six that break it', () => {
    const folder = join(data, 'r4-examples');
    for (const file of readdirSync(folder).filter((it) => it.endsWith('.json'))) {
      const text = readFileSync(join(folder, file), 'utf8');
      if (!text.includes('resourceType')) continue;
      const found = judged(text);
      if (faulty[file]) expect(found.join('\n'), file).toContain(faulty[file]);
      else expect(found, file).toEqual([]);
    }
  });

  it('accepts what Synthea writes', () => {
    const folder = join(data, 'synthea');
    const files = readdirSync(folder).filter((it) => it.endsWith('.json.gz'));
    for (const file of files.filter((it, i) => it.startsWith('0-') || i % 20 === 0)) {
      expect(judged(gunzipSync(readFileSync(join(folder, file))).toString()), file).toEqual([]);
    }
  });
});

describe.runIf(hasSharedData)('cases of the HL7 validator', () => {
  const file = (name: string) => readFileSync(join(data, 'validator-cases/files', name), 'utf8').replace(/^\ufeff/, '');
  const cases: { name: string; file: string; format: string; base: { errors: number } | null }[] = hasSharedData
    ? JSON.parse(readFileSync(join(data, 'validator-cases/index.json'), 'utf8'))
    : [];
  // Comments, placeholders of the test runner, a logical model, a lenient setting, and a padded list that HL7 lets pass.
  const apart = /^(json-comments|json-prop-key|matchetype|contained-resource-bad-id-ignore|patient-hs-1)/;

  it('accepts every resource in which the HL7 validator finds no error', () => {
    const sound = cases.filter((it) => it.format === 'json' && it.base?.errors === 0 && !apart.test(it.name));
    expect(sound.length).toBeGreaterThan(60);
    for (const it of sound) expect(judged(file(it.file)), it.name).toEqual([]);
  });
});
