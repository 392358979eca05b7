/** An insurer receives a Claim with everything that it stands on, all or nothing, and answers it. */
import { describe, expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();

const urn = (number: number) => `urn:uuid:5ca1ab1e-0000-4000-8000-${String(number).padStart(12, '0')}`;
const [PATIENT, INSURER, PROVIDER, COVERAGE, CLAIM] = [1, 2, 3, 4, 5].map(urn) as [
  string,
  string,
  string,
  string,
  string,
];
const CLAIMS = 'http://praxis.example/rechnungen';

const entry = (fullUrl: string, resource: { resourceType: string; [key: string]: unknown }, ifNoneExist?: string) => ({
  fullUrl,
  resource,
  request: { method: 'POST', url: resource.resourceType, ...(ifNoneExist ? { ifNoneExist } : {}) },
});

function claimBundle(number: string, claim: object = {}) {
  return {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: [
      // The Claim comes first and refers to what follows it.
      entry(
        CLAIM,
        {
          resourceType: 'Claim',
          identifier: [{ system: CLAIMS, value: number }],
          status: 'active',
          type: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/claim-type', code: 'professional' }] },
          use: 'claim',
          patient: { reference: PATIENT },
          created: '2024-05-03',
          insurer: { reference: INSURER },
          provider: { reference: PROVIDER },
          priority: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/processpriority', code: 'normal' }] },
          insurance: [{ sequence: 1, focal: true, coverage: { reference: COVERAGE } }],
          item: [
            {
              sequence: 1,
              productOrService: { text: 'Consultation' },
              unitPrice: { value: 84.1, currency: 'CHF' },
              net: { value: 84.1, currency: 'CHF' },
            },
          ],
          total: { value: 84.1, currency: 'CHF' },
          ...claim,
        },
        `identifier=${CLAIMS}|${number}`,
      ),
      entry(
        PATIENT,
        {
          resourceType: 'Patient',
          identifier: [{ system: 'http://kasse.example/mitglieder', value: 'M-9' }],
          name: [{ family: 'Rossi' }],
        },
        'identifier=http://kasse.example/mitglieder|M-9',
      ),
      entry(
        INSURER,
        {
          resourceType: 'Organization',
          identifier: [{ system: 'urn:oid:2.51.1.3', value: '7601003000001' }],
          name: 'Kasse',
        },
        'identifier=urn:oid:2.51.1.3|7601003000001',
      ),
      entry(
        PROVIDER,
        {
          resourceType: 'Organization',
          identifier: [{ system: 'urn:oid:2.51.1.3', value: '7601001000009' }],
          name: 'Praxis',
        },
        'identifier=urn:oid:2.51.1.3|7601001000009',
      ),
      entry(
        COVERAGE,
        {
          resourceType: 'Coverage',
          identifier: [{ system: 'http://kasse.example/policen', value: 'P-9' }],
          status: 'active',
          beneficiary: { reference: PATIENT },
          payor: [{ reference: INSURER }],
        },
        'identifier=http://kasse.example/policen|P-9',
      ),
    ],
  };
}

const statuses = (json: any): string[] => json.entry.map((one: any) => one.response.status.slice(0, 3));

describe('an insurer receives claims', () => {
  it('with patient, coverage and organizations, whichever comes first in the Bundle', async () => {
    const { status, json } = await server.post('', claimBundle('R-1'));
    expect(status).toBe(200);
    expect(statuses(json)).toEqual(['201', '201', '201', '201', '201']);
    const { json: found } = await server.get(
      `Claim?identifier=${CLAIMS}|R-1&_include=Claim:patient&_include=Claim:insurer&_include=Claim:provider`,
    );
    expect(found.entry.map((one: any) => one.resource.resourceType).sort()).toEqual([
      'Claim',
      'Organization',
      'Organization',
      'Patient',
    ]);
    const { resource } = found.entry[0];
    expect(resource.insurance[0].coverage.reference).toBe(
      new URL(json.entry[4].response.location).pathname.replace(/^\/fhir\/|\/_history.*$/g, ''),
    );
  });

  it('a second claim of the same patient joins what is there', async () => {
    const { json } = await server.post('', claimBundle('R-2'));
    expect(statuses(json)).toEqual(['201', '200', '200', '200', '200']);
    expect((await server.get('Patient?_total=accurate&_count=0')).json.total).toBe(1);
    expect((await server.get('Claim?patient.identifier=http://kasse.example/mitglieder|M-9')).json.entry).toHaveLength(
      2,
    );
  });

  it('and a claim that is wrong leaves nothing, also of what it brought', async () => {
    const before = (await server.get('_history?_summary=count')).json.total;
    const { status, json } = await server.post('', claimBundle('R-3', { total: { value: 'much', currency: 'CHF' } }));
    expect(status).toBe(400);
    expect(json.issue[0].expression).toEqual(['Bundle.entry[0].resource.total.value']);
    expect((await server.get('_history?_summary=count')).json.total).toBe(before);
  });

  it('answers one; the amounts keep their digits', async () => {
    const { json } = await server.get(`Claim?identifier=${CLAIMS}|R-1`);
    const claim = json.entry[0].resource;
    const response = `{"resourceType":"ClaimResponse","status":"active","type":${JSON.stringify(claim.type)},"use":"claim","patient":${JSON.stringify(claim.patient)},"created":"2024-05-10",
      "insurer":${JSON.stringify(claim.insurer)},"request":{"reference":"Claim/${claim.id}"},"outcome":"complete",
      "item":[{"itemSequence":1,"adjudication":[{"category":{"coding":[{"code":"benefit"}]},"amount":{"value":75.690,"currency":"CHF"}}]}]}`;
    expect((await server.post('ClaimResponse', response)).status).toBe(201);
    const { text } = await server.get(`ClaimResponse?request=Claim/${claim.id}`);
    expect(text).toContain('75.690');
  });

  it('finds the claims of a coverage period, page by page, each once', async () => {
    for (let i = 10; i < 17; i++)
      expect((await server.post('', claimBundle(`R-${i}`, { created: `2024-06-${i}` }))).status).toBe(200);
    const seen: string[] = [];
    for (
      let next: string | undefined = 'Claim?created=ge2024-06-01&created=lt2024-07-01&_sort=created&_count=3';
      next;
    ) {
      const { json } = await server.get(next);
      seen.push(...json.entry.map((one: any) => one.resource.created));
      next = json.link.find((link: any) => link.relation === 'next')?.url;
    }
    expect(seen).toEqual([10, 11, 12, 13, 14, 15, 16].map((day) => `2024-06-${day}`));
  });
});
