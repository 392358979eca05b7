/** A laboratory pushes results: out of order, in parallel, corrected, and more digits than a float can hold. */
import { describe, expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();

const LAB = 'http://labor.example/resultate';

const result = (number: string, code: string, value: string, more = '') =>
  `{"resourceType":"Observation","identifier":[{"system":"${LAB}","value":"${number}"}],"status":"final",
    "category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/observation-category","code":"laboratory"}]}],
    "code":{"coding":[{"system":"http://loinc.org","code":"${code}"}]},"subject":{"reference":"Patient/lab-patient"},
    "effectiveDateTime":"2024-05-02T08:15:00+02:00","valueQuantity":{"value":${value},"unit":"mmol/L","system":"http://unitsofmeasure.org","code":"mmol/L"}${more}}`;
const put = (number: string, body: string) => server.put(`Observation?identifier=${LAB}|${number}`, body);

describe('a laboratory pushes results', () => {
  it('before the patient and the order are there', async () => {
    const { status } = await put('R-1', result('R-1', '2951-2', '139.0'));
    expect(status).toBe(201);
    const report = {
      resourceType: 'DiagnosticReport',
      id: 'report-1',
      basedOn: [{ reference: 'ServiceRequest/order-1' }],
      status: 'partial',
      code: { coding: [{ system: 'http://loinc.org', code: '24323-8' }] },
      subject: { reference: 'Patient/lab-patient' },
    };
    expect((await server.put('DiagnosticReport/report-1', report)).status).toBe(201);
  });

  it('and the search joins them once they are', async () => {
    const name = [{ family: 'Salis', given: ['Nora'] }];
    expect((await server.get('Observation?subject:Patient.family=salis')).json.entry).toBeUndefined();
    await server.put('Patient/lab-patient', {
      resourceType: 'Patient',
      id: 'lab-patient',
      name,
      birthDate: '1990-02-28',
    });
    await server.put('ServiceRequest/order-1', {
      resourceType: 'ServiceRequest',
      id: 'order-1',
      status: 'active',
      intent: 'order',
      subject: { reference: 'Patient/lab-patient' },
    });
    const { json } = await server.get(
      'Observation?patient=lab-patient&code=http://loinc.org|2951-2&_include=Observation:subject',
    );
    expect(json.entry.map((entry: any) => entry.search.mode)).toEqual(['match', 'include']);
    expect((await server.get('DiagnosticReport?based-on=ServiceRequest/order-1')).json.entry).toHaveLength(1);
  });

  it('in parallel, each of them several times, since its queue delivers at least once', async () => {
    const numbers = Array.from({ length: 16 }, (_, i) => `P-${i}`);
    const sendings = [...numbers, ...numbers, ...numbers]
      .map((number, i) => ({ number, order: (i * 7) % 48 }))
      .sort((a, b) => a.order - b.order);
    const replies = await Promise.all(sendings.map(({ number }) => put(number, result(number, '2823-3', '4.10'))));
    expect(replies.filter(({ status }) => status === 201)).toHaveLength(16);
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(32);
    const { json } = await server.get('Observation?code=http://loinc.org|2823-3&_count=100');
    expect(json.entry).toHaveLength(16);
    for (const { resource } of json.entry) expect(resource.meta.versionId).toBe('1');
  });

  it('with every digit, and they are found by value in another unit', async () => {
    await put('D-1', result('D-1', '2345-7', '5.50'));
    const { text, json } = await server.get(
      `Observation?code=http://loinc.org|2345-7&value-quantity=5500|http://unitsofmeasure.org|umol/L`,
    );
    expect(json.entry).toHaveLength(1);
    expect(text).toMatch(/"value": ?5\.50[,}\s]/);
    await put('D-2', result('D-2', '1988-5', '0.123456789012345678'));
    expect((await server.get(`Observation?identifier=${LAB}|D-2`)).text).toContain('0.123456789012345678');
  });

  it('corrects one: the new value is found, the old one is in its history only', async () => {
    const corrected = result('D-1', '2345-7', '6.50').replace('"final"', '"corrected"');
    expect((await put('D-1', corrected)).status).toBe(200);
    expect(
      (await server.get('Observation?code=http://loinc.org|2345-7&value-quantity=5.50')).json.entry,
    ).toBeUndefined();
    const { json } = await server.get('Observation?code=http://loinc.org|2345-7&value-quantity=6.50&status=corrected');
    expect(json.entry).toHaveLength(1);
    const history = await server.get(`Observation/${json.entry[0].resource.id}/_history`);
    expect(history.json.total).toBe(2);
    expect(history.text).toContain('5.50');
  });

  it('in a batch, of which the bad one is refused and the others are stored', async () => {
    const entries = ['B-1', 'B-2', 'B-3'].map((number) => {
      const body = number === 'B-2' ? result(number, '2075-0', '"high"') : result(number, '2075-0', '101');
      return `{"resource":${body},"request":{"method":"PUT","url":"Observation?identifier=${LAB}|${number}"}}`;
    });
    const { status, json } = await server.post(
      '',
      `{"resourceType":"Bundle","type":"batch","entry":[${entries.join(',')}]}`,
    );
    expect(status).toBe(200);
    expect(json.entry.map((entry: any) => entry.response.status)).toEqual([
      '201 Created',
      '400 Bad Request',
      '201 Created',
    ]);
    expect(json.entry[1].response.outcome.issue[0].expression).toEqual(['Bundle.entry[1].resource.value.value']);
  });

  it('and the ward reads the newest first', async () => {
    const { json } = await server.get(
      'Observation?patient=Patient/lab-patient&category=laboratory&date=ge2024-05-01&_sort=-_lastUpdated&_count=2',
    );
    expect(json.entry.map((entry: any) => entry.resource.identifier[0].value).sort()).toEqual(['B-1', 'B-3']);
    expect(json.link.some((link: any) => link.relation === 'next')).toBe(true);
  });
});
