import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Account } from '../../profiles/account.ts';
import {
  checkAbsolute,
  checkAttachment,
  checkBare,
  checkContained,
  checkExtensionContent,
  checkLocal,
  checkLoneId,
  checkNarrative,
} from '../../profiles/standing.ts';
import { conditionByEngine, Element } from '../../resources/index.ts';
import { told } from '../setup/judged.ts';

const organization = { resourceType: 'Organization', id: 'o', name: 'Ward 3' };
const patient = (more: any) => ({ resourceType: 'Patient', ...more });
const url = 'http://hl7.org/fhir/StructureDefinition/patient-birthPlace';

describe('what every resource must be', () => {
  it.each<[string, any, string[]]>([
    ['ele-1: an id alone', patient({ name: [{ id: 'a' }] }), ['error ele-1 Patient.name[0]']],
    ['ele-1: an id with content', patient({ name: [{ id: 'a', family: 'b' }] }), []],
    [
      'ext-1: neither value nor extensions',
      patient({ extension: [{ url }] }),
      ['error ext-1 Patient.extension[0]', 'error extension Patient.extension[0]'],
    ],
    ['ext-1: a value', patient({ extension: [{ url, valueAddress: { city: 'Bern' } }] }), []],
    [
      'ref-1: a contained resource that is not there',
      patient({ managingOrganization: { reference: '#p' } }),
      ['error ref-1 Patient.managingOrganization.reference'],
    ],
    ['ref-1: one that is', patient({ contained: [organization], managingOrganization: { reference: '#o' } }), []],
    ['dom-3: nothing refers to it', patient({ contained: [organization] }), ['error dom-3 Patient.contained[0]']],
    [
      'dom-3: it refers to its container',
      patient({
        contained: [
          {
            resourceType: 'Provenance',
            id: 'v',
            target: [{ reference: '#' }],
            recorded: '2020-01-01T00:00:00Z',
            agent: [{ who: { display: 'a' } }],
          },
        ],
      }),
      [],
    ],
    [
      'dom-3: two of one id',
      patient({ contained: [organization, organization], managingOrganization: { reference: '#o' } }),
      ['error dom-3 Patient.contained[1]'],
    ],
    [
      'dom-4: a version',
      patient({
        contained: [{ ...organization, meta: { versionId: '1' } }],
        managingOrganization: { reference: '#o' },
      }),
      ['error dom-4 Patient.contained[0]'],
    ],
    [
      'dom-5: a label',
      patient({
        contained: [
          {
            ...organization,
            meta: { security: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'R' }] },
          },
        ],
        managingOrganization: { reference: '#o' },
      }),
      ['error dom-5 Patient.contained[0]'],
    ],
    [
      'txt-1: a script',
      patient({ text: { status: 'generated', div: '<div><script/>a</div>' } }),
      ['error txt-1 Patient.text.div'],
    ],
    [
      'txt-2: nothing to read',
      patient({ text: { status: 'generated', div: '<div> </div>' } }),
      ['error txt-2 Patient.text.div'],
    ],
  ])('%s', (_, resource, findings) => expect(told(resource)).toEqual(findings));

  it('goes by the outermost resource for references inside of contained ones', () => {
    const practitioner = { resourceType: 'PractitionerRole', id: 'r', organization: { reference: '#o' } };
    expect(
      told(patient({ contained: [organization, practitioner], generalPractitioner: [{ reference: '#r' }] })),
    ).toEqual([]);
    const entry = (resource: any) => ({ resourceType: 'Bundle', type: 'collection', entry: [{ resource }] });
    expect(told(entry(patient({ managingOrganization: { reference: '#o' } })))).toEqual([
      'error ref-1 Bundle.entry[0].resource.managingOrganization.reference',
    ]);
  });
});

describe('an attachment', () => {
  const data = Buffer.from('laboratory report');
  const media = (more: any) => ({
    resourceType: 'Media',
    status: 'completed',
    content: { contentType: 'text/plain', data: data.toString('base64'), ...more },
  });
  it('has the size of its data, and is warned of another hash', () => {
    const hash = createHash('sha1').update(data).digest('base64');
    expect(told(media({ size: data.length, hash }))).toEqual([]);
    expect(told(media({ size: 100 }))).toEqual(['error attachment Media.content.size']);
    expect(told(media({ hash: createHash('sha1').update('x').digest('base64') }))).toEqual([
      'warning attachment Media.content.hash',
    ]);
  });
});

describe('the checks by hand', () => {
  const fails = (check: (report: Account) => void, root: any = {}): boolean => {
    const report = new Account(false, root, 'Patient', undefined);
    check(report);
    return report.failed || report.remarked;
  };
  const asked = (expression: string, data: any, type: string, root: any = data): boolean | undefined => {
    const around = {
      resource: new Element(root, undefined, 'Patient'),
      rootResource: new Element(root, undefined, 'Patient'),
      context: new Element(data, undefined, type),
    };
    return conditionByEngine(expression)(new Element(data, undefined, type), around);
  };

  it('say the same as the expressions of R4', () => {
    for (const extension of [
      { url },
      { url, valueString: 'a' },
      { url, extension: [{ url }] },
      { url, valueString: 'a', extension: [{ url }] },
    ]) {
      const own = !fails((report) => checkExtensionContent(extension, 'valueString' in extension, report, undefined));
      expect(own).toBe(asked('extension.exists() != value.exists()', extension, 'Extension'));
    }
    for (const text of [undefined, { status: 'generated' }, { status: 'generated', div: '<div>a</div>' }]) {
      const resource = patient({ text });
      expect(!fails((report) => checkBare(resource, report, undefined))).toBe(
        asked('text.`div`.exists()', resource, 'Patient'),
      );
    }
    for (const reference of ['#o', '#p', 'Patient/1']) {
      const root = patient({ contained: [organization] });
      const expression =
        "reference.startsWith('#').not() or (reference.substring(1).trace('url') in %rootResource.contained.id.trace('ids'))";
      expect(!fails((report) => checkLocal(reference, report, undefined), root)).toBe(
        asked(expression, { reference }, 'Reference', root),
      );
    }
    for (const meta of [undefined, { versionId: '1' }, { security: [{ code: 'R' }] }, { tag: [{ code: 'a' }] }]) {
      const root = patient({ contained: [{ ...organization, meta }], managingOrganization: { reference: '#o' } });
      const expression =
        'contained.meta.versionId.empty() and contained.meta.lastUpdated.empty() and contained.meta.security.empty()';
      expect(!fails((report) => checkContained(root, report, undefined))).toBe(asked(expression, root, 'Patient'));
    }
    for (const name of [{ id: 'a' }, { id: 'a', family: 'b' }, { family: 'b' }]) {
      const own = !('id' in name && Object.keys(name).length === 1);
      expect(own).toBe(asked('hasValue() or (children().count() > id.count())', name, 'HumanName'));
    }
  });

  it('ask nothing of what is of another type', () => {
    expect(fails((report) => checkNarrative(7, report, undefined))).toBe(false);
    expect(fails((report) => checkAttachment({ data: 7, size: 1 }, report, undefined))).toBe(false);
    expect(fails((report) => checkLoneId(report, undefined))).toBe(true);
    expect(fails((report) => checkAbsolute('urn:oid:1.2', 'error', report, undefined))).toBe(false);
  });
});
