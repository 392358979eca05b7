import { describe, expect, it } from 'vitest';
import { Account, findingsMax } from '../../profiles/account.ts';

const at = { up: undefined, name: 'Patient', index: -1 };

describe('an account', () => {
  it('knows at once whether there is an error, and keeps no words while it is silent', () => {
    const silent = new Account(false, { resourceType: 'Patient' }, 'Patient', undefined);
    expect(silent.wants('warning')).toBe(false);
    expect([silent.failed, silent.remarked]).toEqual([false, true]);
    expect(silent.wants()).toBe(false);
    expect(silent.failed).toBe(true);
  });

  it('keeps a hundred errors although there are more warnings than anybody reads', () => {
    const telling = new Account(true, {}, 'Patient', undefined);
    for (let i = 0; i < findingsMax + 50; i++) {
      if (telling.wants('warning'))
        telling.say({ severity: 'warning', kind: 'unprocessable', text: 'w', at, hint: '' });
    }
    for (let i = 0; i < findingsMax + 50; i++) {
      if (telling.wants()) telling.say({ kind: 'unprocessable', text: 'e', at, hint: '' });
    }
    expect(telling.findings.filter(({ severity }) => severity === 'warning')).toHaveLength(findingsMax);
    expect(telling.findings.filter(({ severity }) => severity === undefined)).toHaveLength(findingsMax);
  });

  it('collects what is lacking once', () => {
    const account = new Account(false, {}, 'Patient', undefined);
    expect(account.needs).toEqual({ structures: [], valueSets: [], codes: [] });
    account.lacks('valueSets', 'http://a');
    account.lacks('valueSets', 'http://a');
    account.lacksCode('http://b', 'http://s', 'x');
    account.lacksCode('http://b', 'http://s', 'x');
    expect(account.needs).toEqual({
      structures: [],
      valueSets: ['http://a'],
      codes: [{ valueSet: 'http://b', system: 'http://s', code: 'x' }],
    });
  });

  it('resolves contained resources and entries of the same Bundle, and nothing else', () => {
    const organization = { resourceType: 'Organization', id: 'o' };
    const patient = { resourceType: 'Patient', contained: [organization] };
    const practitioner = { resourceType: 'Practitioner', id: 'd' };
    const entry = [
      { fullUrl: 'http://x.org/fhir/Patient/p', resource: patient },
      { fullUrl: 'http://x.org/fhir/Practitioner/d', resource: practitioner },
    ];
    const account = new Account(false, { resourceType: 'Bundle', entry }, 'Bundle', undefined);
    const found: unknown[] = [];
    account.enter(patient, 'Patient', false, entry[0], () => {
      found.push(
        account.resolve('#o'),
        account.resolve('#'),
        account.resolve('Practitioner/d'),
        account.resolve('Practitioner/e'),
      );
      account.enter(organization, 'Organization', true, patient, () =>
        found.push(account.rootResource.data, account.resource.data),
      );
    });
    expect(found).toEqual([organization, patient, practitioner, undefined, patient, organization]);
    expect(account.resolve('Practitioner/d')).toBeUndefined();
  });
});
