/** What was stored is what comes back: https://hl7.org/fhir/R4/datatypes.html#decimal, json.html#primitive */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testServer } from '../setup/server.ts';

const server = await testServer();

const observation = (id: string, value: string, more = '') =>
  `{"resourceType":"Observation","id":"${id}","status":"final","code":{"text":"Sodium"}${more},"valueQuantity":{"value":${value},"unit":"mmol/L"}}`;

/** The number as it stands in a text. */
const valueIn = (text: string): string | undefined =>
  /"valueQuantity":\s*\{[^}]*"value":\s*([-+0-9.eE]+)/.exec(text)?.[1];

const DECIMALS = [
  '1.00',
  '0.10',
  '0',
  '-0.5',
  '100',
  '7.0',
  '0.000000000000000001',
  '123456789012345678',
  '3.14159265358979323',
  '12345678901234567890.123456789',
  '0.1234567890123456789012345678901234567890',
];

describe('a decimal', () => {
  it.each(DECIMALS)('keeps its value and its digits through every way in and every way out: %s', async (decimal) => {
    const id = `d-${decimal.replaceAll(/[^0-9]/g, '-')}`;
    const put = await server.put(`Observation/${id}`, observation(id, decimal));
    expect(valueIn(put.text)).toBe(decimal);
    expect(valueIn((await server.get(`Observation/${id}`)).text)).toBe(decimal);
    expect(valueIn((await server.get(`Observation/${id}?_elements=value`)).text)).toBe(decimal);
    expect(valueIn((await server.get(`Observation/${id}?_pretty=true`)).text)).toBe(decimal);

    const posted = await server.post('Observation', observation('ignored', decimal));
    expect(valueIn(posted.text)).toBe(decimal);

    const patched = await server.patch(
      `Observation/${id}`,
      [{ op: 'replace', path: '/status', value: 'amended' }],
      'application/json-patch+json',
    );
    expect(patched.json.status).toBe('amended');
    expect(valueIn(patched.text)).toBe(decimal);
    expect(valueIn((await server.get(`Observation/${id}/_history/1`)).text)).toBe(decimal);
    expect(valueIn((await server.get(`Observation/${id}/_history`)).text)).toBe(decimal);
    expect(valueIn((await server.get(`Observation?_id=${id}`)).text)).toBe(decimal);
    expect(valueIn((await server.get(`Observation?_id=${id}&_summary=data`)).text)).toBe(decimal);
  });

  it.each(DECIMALS)('keeps them inside a transaction: %s', async (decimal) => {
    const bundle = `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":${observation('x', decimal)},"request":{"method":"POST","url":"Observation"}}]}`;
    const { json, text } = await server.post('', bundle, { Prefer: 'return=representation' });
    expect(valueIn(text)).toBe(decimal);
    const [, path] = /\/fhir\/(Observation\/[^/]+)/.exec(json.entry[0].response.location)!;
    expect(valueIn((await server.get(path!)).text)).toBe(decimal);
  });

  it.each([
    ['1e3', '1000'],
    ['1.50E2', '150'],
    ['2e-3', '0.002'],
    ['1.20e-5', '0.0000120'],
  ])('written as %s keeps its value, and may come back in plain digits', async (written, plain) => {
    const { text } = await server.post('Observation', observation('x', written));
    expect([written, plain]).toContain(valueIn(text));
    const { json } = await server.post('Observation', observation('x', written));
    const read = valueIn((await server.get(`Observation/${json.id}`)).text)!;
    expect([written, plain]).toContain(read);
  });

  it('set by a patch keeps the digits of the patch', async () => {
    await server.put('Observation/by-patch', observation('by-patch', '1.5'));
    for (const [mediaType, body] of [
      ['application/json-patch+json', '[{"op":"replace","path":"/valueQuantity/value","value":2.50}]'],
      ['application/merge-patch+json', '{"valueQuantity":{"value":2.500}}'],
      [
        'application/fhir+json',
        '{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Observation.value.value"},{"name":"value","valueDecimal":2.5000}]}]}',
      ],
    ] as const) {
      const { text } = await server.patch('Observation/by-patch', body, mediaType);
      expect(valueIn(text)).toBe(/2\.50+/.exec(body)![0]);
    }
  });

  it('keeps any digits that anybody may write', async () => {
    const digits = fc.tuple(
      fc.boolean(),
      fc.bigInt({ min: 0n, max: 10n ** 25n }),
      fc.option(fc.stringMatching(/^[0-9]{1,25}$/)),
    );
    await fc.assert(
      fc.asyncProperty(digits, async ([negative, whole, fraction]) => {
        const decimal = `${negative ? '-' : ''}${whole}${fraction === null ? '' : `.${fraction}`}`;
        const { json } = await server.post('Observation', observation('x', decimal));
        const back = valueIn((await server.get(`Observation/${json.id}`)).text);
        // Minus zero is zero to Postgres; FHIR gives the sign no meaning.
        expect(back).toBe(/^-[0.]+$/.test(decimal) ? (back!.startsWith('-') ? decimal : decimal.slice(1)) : decimal);
      }),
      { numRuns: 60 },
    );
  });
});

describe('text', () => {
  it.each([
    ['Müller, Żeromska, Ñandú, Nguyễn', 'of Europe and Vietnam'],
    ['محمد بن عبد الله', 'of Arabic'],
    ['山田太郎 やまだ たろう', 'of Japan'],
    ['👩‍⚕️ 🩺 𝒳', 'beyond the first plane'],
    ['e\u0301 is not \u00e9', 'with combining marks, not normalised'],
    ['"quoted" \\ back / slash\ttab\r\nnewline', 'with what JSON escapes'],
    ['\u0001\u001f\u007f\u0085\u2028\u2029\ufeff', 'with control characters'],
    ['  two  spaces  ', 'with spaces at its ends'],
    ['constructor', 'that is a name of JavaScript'],
  ])('comes back as it was: %j (%s)', async (text) => {
    const { json } = await server.post('Patient', { resourceType: 'Patient', name: [{ text: `a${text}z` }] });
    expect((await server.get(`Patient/${json.id}`)).json.name[0].text).toBe(`a${text}z`);
    const { json: found } = await server.get(`Patient?_id=${json.id}`);
    expect(found.entry[0].resource.name[0].text).toBe(`a${text}z`);
  });

  it('comes back whatever it is', async () => {
    const anyText = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .filter((text) => !text.includes('\u0000') && /\S/.test(text));
    await fc.assert(
      fc.asyncProperty(anyText, async (text) => {
        const { status, json } = await server.post('Patient', { resourceType: 'Patient', name: [{ text }] });
        expect(status).toBe(201);
        expect((await server.get(`Patient/${json.id}`)).json.name[0].text).toBe(text);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a resource', () => {
  const anna = {
    resourceType: 'Patient',
    id: 'whole',
    meta: { tag: [{ system: 'http://hospital.example/wing', code: 'east' }] },
    implicitRules: 'http://hospital.example/rules',
    language: 'de-CH',
    text: {
      status: 'additional',
      div: '<div xmlns="http://www.w3.org/1999/xhtml"><p>Anna &amp; Co &lt;3 <b>fett</b><br/>\n<img src="#photo" alt="Bild"/></p></div>',
    },
    contained: [
      {
        resourceType: 'Organization',
        id: 'praxis',
        name: 'Praxis',
        _name: { extension: [{ url: 'http://hospital.example/lang', valueCode: 'de' }] },
      },
      {
        resourceType: 'Observation',
        id: 'puls',
        status: 'final',
        code: { text: 'Puls' },
        valueQuantity: { value: 72 },
      },
    ],
    extension: [
      {
        url: 'http://hospital.example/a',
        extension: [
          { url: 'b', valueBoolean: false },
          { url: 'c', valueInteger: 0 },
          { url: 'pulse', valueReference: { reference: '#puls' } },
        ],
      },
    ],
    modifierExtension: [{ url: 'http://hospital.example/test-data', valueBoolean: true }],
    name: [
      {
        given: ['Anna', null, 'Maria'],
        _given: [
          null,
          { extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'masked' }] },
          { id: 'third' },
        ],
        family: 'Keller',
      },
    ],
    _birthDate: {
      extension: [{ url: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason', valueCode: 'unknown' }],
    },
    gender: 'female',
    _gender: { id: 'g' },
    active: false,
    multipleBirthInteger: 0,
    managingOrganization: { reference: '#praxis' },
    photo: [{ contentType: 'image/png', data: 'iVBORw0KGgo=' }],
  };

  // What changes the meaning of a record is kept only where its own meaning is known.
  const modifier = {
    resourceType: 'StructureDefinition',
    id: 'test-data',
    url: 'http://hospital.example/test-data',
    name: 'TestData',
    status: 'active',
    kind: 'complex-type',
    abstract: false,
    context: [{ type: 'element', expression: 'Patient' }],
    type: 'Extension',
    baseDefinition: 'http://hl7.org/fhir/StructureDefinition/Extension',
    derivation: 'constraint',
    differential: {
      element: [
        { id: 'Extension', path: 'Extension', isModifier: true, isModifierReason: 'It is about nobody.' },
        { id: 'Extension.value[x]', path: 'Extension.value[x]', min: 1, type: [{ code: 'boolean' }] },
      ],
    },
  };

  it('keeps primitive extensions, null-padded lists, contained resources and narrative', async () => {
    expect((await server.put('StructureDefinition/test-data', modifier)).status).toBe(201);
    const { status, json } = await server.put('Patient/whole', anna);
    expect(status).toBe(201);
    const expected = { ...anna, meta: { ...anna.meta, versionId: '1', lastUpdated: json.meta.lastUpdated } };
    expect(json).toEqual(expected);
    expect((await server.get('Patient/whole')).json).toEqual(expected);
    expect((await server.get('Patient/whole/_history')).json.entry[0].resource).toEqual(expected);
    expect((await server.get('Patient?_id=whole')).json.entry[0].resource).toEqual(expected);
  });

  it('keeps them through a patch of another element', async () => {
    const { json } = await server.patch('Patient/whole', { active: true }, 'application/merge-patch+json');
    expect(json).toEqual({
      ...anna,
      active: true,
      meta: { ...anna.meta, versionId: '2', lastUpdated: json.meta.lastUpdated },
    });
  });

  it('keeps instants and dates with the precision and zone that were sent', async () => {
    const times = { effectiveDateTime: '2024-05-02T08:15:30.123456789+05:30', issued: '2024-05-02T08:15:00.000-11:00' };
    const { json } = await server.post('Observation', {
      resourceType: 'Observation',
      status: 'final',
      code: { text: 'x' },
      ...times,
    });
    expect((await server.get(`Observation/${json.id}`)).json).toMatchObject(times);
    for (const birthDate of ['1984', '1984-03', '1984-03-05']) {
      const created = await server.post('Patient', { resourceType: 'Patient', birthDate });
      expect((await server.get(`Patient/${created.json.id}`)).json.birthDate).toBe(birthDate);
    }
  });

  it('of a megabyte keeps every byte', async () => {
    const data = Buffer.alloc(1_000_000, 'Vesta').toString('base64');
    const { json } = await server.post('Binary', {
      resourceType: 'Binary',
      contentType: 'application/octet-stream',
      data,
    });
    expect((await server.get(`Binary/${json.id}`, { Accept: 'application/fhir+json' })).json.data).toBe(data);
  });
});

describe('a write that was answered', () => {
  it('is seen by every read and search that begins after it', async () => {
    for (let i = 0; i < 20; i++) {
      const { json } = await server.post('Basic', {
        resourceType: 'Basic',
        code: { coding: [{ system: 'http://hospital.example/seen', code: `s${i}` }] },
      });
      const [read, found, history] = await Promise.all([
        server.get(`Basic/${json.id}`),
        server.get(`Basic?code=s${i}`),
        server.get(`Basic/${json.id}/_history`),
      ]);
      expect([read.status, found.json.entry?.length, history.json.total]).toEqual([200, 1, 1]);
      await server.delete(`Basic/${json.id}`);
      expect((await server.get(`Basic?code=s${i}`)).json.entry).toBeUndefined();
    }
  });
});
