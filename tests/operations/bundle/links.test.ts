import { describe, expect, it } from 'vitest';
import { conditionalReferences, replaceLinks } from '../../../operations/bundle/links.ts';

const PATIENT = 'urn:uuid:61ebe359-bfdc-4613-8bf2-c5e300945f0a';
const links = new Map([
  [PATIENT, 'Patient/7'],
  ['urn:oid:1.2.36.1', 'Device/9'],
  ['https://lab.example/fhir/Organization/3', 'Organization/11'],
  ['Practitioner?identifier=http://npi|12', 'Practitioner/4'],
]);

function replaced(resource: object): any {
  return JSON.parse(replaceLinks(JSON.stringify(resource), (resource as any).resourceType, links));
}

describe('the links of a transaction', () => {
  it('are replaced in references, at any depth, in extensions and in contained resources', () => {
    const reference = { reference: PATIENT };
    const result = replaced({
      resourceType: 'Observation',
      contained: [{ resourceType: 'Specimen', id: 's', subject: reference }],
      extension: [{ url: 'http://example.org/e', valueReference: { reference: 'urn:oid:1.2.36.1' } }],
      subject: reference,
      performer: [
        { reference: 'Practitioner?identifier=http://npi|12' },
        { reference: 'https://lab.example/fhir/Organization/3' },
      ],
    });
    expect(result.subject.reference).toBe('Patient/7');
    expect(result.contained[0].subject.reference).toBe('Patient/7');
    expect(result.extension[0].valueReference.reference).toBe('Device/9');
    expect(result.performer.map((one: any) => one.reference)).toEqual(['Practitioner/4', 'Organization/11']);
  });

  it('are replaced in uri and url elements and in narrative', () => {
    const result = replaced({
      resourceType: 'DocumentReference',
      text: {
        status: 'generated',
        div: `<div xmlns="http://www.w3.org/1999/xhtml"><a href="${PATIENT}">her</a><img src='${PATIENT}'/></div>`,
      },
      extension: [{ url: 'http://example.org/e', valueUri: PATIENT }],
      content: [{ attachment: { url: 'https://lab.example/fhir/Organization/3' } }],
    });
    expect(result.text.div).toContain('<a href="Patient/7">her</a><img src=\'Patient/7\'/>');
    expect(result.extension[0].valueUri).toBe('Patient/7');
    expect(result.content[0].attachment.url).toBe('Organization/11');
  });

  it('stay as they are in strings and canonicals, which are no links', () => {
    const resource = {
      resourceType: 'QuestionnaireResponse',
      identifier: { system: 'urn:ietf:rfc:3986', value: PATIENT },
      questionnaire: PATIENT,
      item: [
        {
          linkId: PATIENT,
          answer: [{ valueString: PATIENT }, { valueUri: 'urn:uuid:00000000-0000-0000-0000-000000000000' }],
        },
      ],
    };
    expect(replaced(resource)).toEqual(resource);
  });

  it('are replaced without touching any digit of the rest', () => {
    const text = `{"resourceType":"Observation","subject" : {"reference"  :"${PATIENT}"},"valueQuantity":{"value":1.00},"component":[{"valueUri":"x"}]}`;
    expect(replaceLinks(text, 'Observation', links)).toBe(text.replace(PATIENT, 'Patient/7'));
    const walked = `{"resourceType":"Observation","extension":[{"url":"u","valueUri":"${PATIENT}"}],"valueQuantity":{"value":1.00}}`;
    expect(replaceLinks(walked, 'Observation', links)).toBe(walked.replace(PATIENT, 'Patient/7'));
  });

  it('keep the fragment that follows them', () => {
    expect(replaced({ resourceType: 'Task', focus: { reference: `${PATIENT}#contact` } }).focus.reference).toBe(
      'Patient/7#contact',
    );
  });

  it('are read through JSON escapes', () => {
    const text = '{"resourceType":"Task","focus":{"reference":"https:\\/\\/lab.example\\/fhir\\/Organization\\/3"}}';
    expect(JSON.parse(replaceLinks(text, 'Task', links)).focus.reference).toBe('Organization/11');
  });

  it('that are search criteria are found in references only', () => {
    const text = JSON.stringify({
      resourceType: 'Encounter',
      note: 'Practitioner?identifier=no',
      participant: [
        { individual: { reference: 'Practitioner?identifier=http://npi|12' } },
        { individual: { reference: 'Practitioner/1' } },
      ],
    });
    expect(conditionalReferences(text)).toEqual(['Practitioner?identifier=http://npi|12']);
  });
});
