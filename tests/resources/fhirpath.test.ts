import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { compile, locate, type Place, splitElement } from '../../resources/fhirpath.ts';
import { Fault } from '../../resources/outcome.ts';

const patient = {
  resourceType: 'Patient',
  id: 'p1',
  name: [
    {
      use: 'official',
      family: 'du Marché',
      given: ['Bénédicte', 'Anne'],
      _given: [null, { extension: [{ url: 'http://example.org/call-name', valueBoolean: true }] }],
    },
    { use: 'maiden', family: 'Durand', given: ['Bénédicte'] },
  ],
  birthDate: '1974-12-25',
  _birthDate: {
    extension: [
      { url: 'http://hl7.org/fhir/StructureDefinition/patient-birthTime', valueDateTime: '1974-12-25T14:35:45-05:00' },
    ],
  },
  deceasedBoolean: false,
  contained: [{ resourceType: 'Observation', id: 'o1', valueQuantity: { value: 6.3, unit: 'mmol/l' } }],
};

const faultOf = (action: () => unknown): Fault => {
  try {
    action();
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
  throw new Error('No fault was raised.');
};

const told = (places: readonly Place[]) =>
  places.map((place) => place.map(({ key, index }) => (index === undefined ? key : `${key}[${index}]`)).join('.'));

describe('compile', () => {
  it('gives the values as they stand in the resource', () => {
    expect(compile("Patient.name.where(use = 'official').given")(patient)).toEqual(['Bénédicte', 'Anne']);
    expect(compile('Patient.name[1]')(patient)[0]).toBe(patient.name[1]);
    expect(compile('Patient.birthDate')(patient)).toEqual(['1974-12-25']);
    expect(compile('Patient.deceased')(patient)).toEqual([false]);
    expect(compile('Patient.photo')(patient)).toEqual([]);
  });

  it('knows the types of R4', () => {
    expect(compile('Patient.contained.value.ofType(Quantity).unit')(patient)).toEqual(['mmol/l']);
    expect(compile('Patient.birthDate is date')(patient)).toEqual([true]);
  });

  it('starts from a type when it is evaluated on a part of a resource', () => {
    expect(compile('given.first()', 'HumanName')(patient.name[0])).toEqual(['Bénédicte']);
    expect(compile('value is Quantity', 'Observation')(patient.contained[0])).toEqual([true]);
  });

  it('calculates decimals exactly', () => {
    expect(compile('0.1 + 0.2')(patient)).toEqual([0.3]);
    expect(compile('0.1 + 0.2 = 0.3')(patient)).toEqual([true]);
  });

  it('takes the element `div` by its bare name, and leaves the operator and texts alone', () => {
    const narrative = { resourceType: 'Patient', text: { status: 'generated', div: '<div>Jim</div>' } };
    expect(compile('Patient.text.div')(narrative)).toEqual(['<div>Jim</div>']);
    expect(compile('Patient.text.`div`')(narrative)).toEqual(['<div>Jim</div>']);
    expect(compile("7 div 2 = 3 and 'a.div' = 'a.' + 'div'")(narrative)).toEqual([true]);
    expect(locate('Patient.text.div', narrative)).toHaveLength(1);
    expect(splitElement('Patient.text.div')).toEqual({ holder: 'Patient.text', name: 'div' });
  });

  it('has %resource and whatever the caller adds', () => {
    expect(compile('%resource.id = %wanted')(patient, { wanted: 'p1' })).toEqual([true]);
  });

  it('leaves the resource as it is, frozen or not', () => {
    const names = Object.getOwnPropertyNames(patient.name[0]);
    compile('Patient.name')(patient);
    expect(Object.getOwnPropertyNames(patient.name[0])).toEqual(names);
    expect(compile('Patient.name.family')(Object.freeze({ ...patient }))).toEqual(['du Marché', 'Durand']);
  });

  it('prints nothing of what trace() sees', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(compile("Patient.name.trace('names').family")(patient)).toHaveLength(2);
    expect(log).not.toHaveBeenCalled();
    log.mockRestore();
  });

  it('refuses what is no FHIRPath, saying where it stops making sense', () => {
    const fault = faultOf(() => compile('Patient.name.where('));
    expect([fault.kind, fault.status]).toEqual(['invalid-value', 400]);
    expect(fault.message).toBe(
      '`Patient.name.where(` is not a FHIRPath expression. It stops making sense at line 1, character 20.',
    );
  });

  it('tells an evaluation that fails without quoting the data', () => {
    const fault = faultOf(() => compile('Patient.name.family.lower()')(patient));
    expect(fault.kind).toBe('unprocessable');
    expect(JSON.stringify(fault.findings)).not.toContain('Durand');
  });

  it('keeps working past the number of expressions that it remembers', () => {
    for (let n = 0; n < 2100; n++) expect(compile(`${n} + 1`)(patient)).toEqual([n + 1]);
    expect(compile('0 + 1')(patient)).toEqual([1]);
  });
});

describe('locate', () => {
  it.each([
    ['Patient', ['']],
    ['Patient.name', ['name[0]', 'name[1]']],
    ["name.where(use = 'maiden').given", ['name[1].given[0]']],
    ['Patient.name.given.last()', ['name[1].given[0]']],
    ['Patient.birthDate', ['birthDate']],
    ['Patient.birthDate.extension', ['birthDate.extension[0]']],
    ['Patient.birthDate.extension.value', ['birthDate.extension[0].valueDateTime']],
    ['Patient.name[0].given[1].extension.value', ['name[0].given[1].extension[0].valueBoolean']],
    ['Patient.deceased', ['deceasedBoolean']],
    ['(Patient.deceased as boolean)', ['deceasedBoolean']],
    ['Patient.contained.value.value', ['contained[0].valueQuantity.value']],
    ['%resource.name[0].family', ['name[0].family']],
    ['Patient.name.family.combine(Patient.id)', ['name[0].family', 'name[1].family', 'id']],
    ['Patient.id.combine(Patient.id)', ['id', 'id']],
    ['Patient.name[1].children()', ['name[1].use', 'name[1].family', 'name[1].given[0]']],
    ['Patient.photo', []],
    ['Observation.value', []],
  ])('%s → %j', (expression, places) => {
    expect(told(locate(expression, patient))).toEqual(places);
  });

  it.each([
    'Patient.constructor',
    'Patient.__proto__',
    'Patient.name.toString',
    'Patient.resourceType',
    'Patient.name.length',
  ])('finds no element at %s', (expression) => {
    expect(locate(expression, patient)).toEqual([]);
  });

  it.each(['Patient.name.count()', "'text'", 'Patient.deceased = true', '1 + 1', 'today()'])(
    'refuses a value that is no element: %s',
    (expression) => {
      const fault = faultOf(() => locate(expression, patient));
      expect([fault.kind, fault.status]).toEqual(['invalid-request', 400]);
      expect(fault.message).toContain('yields a value, not an element');
    },
  );

  it.each(['', 'Patient.', 'Patient.name[', 'a b', 'Patient.name.foo(', '@2020-99'])(
    'refuses "%s", no FHIRPath',
    (text) => {
      expect(faultOf(() => locate(text, patient)).kind).toBe('invalid-request');
    },
  );

  it.each([
    "Patient.name.where(family.matches('(a+)+$'))",
    "Patient.name.where(family.replaceMatches('a', 'b') = 'b')",
    'Patient.managingOrganization.resolve()',
    "Patient.name.trace('x')",
    "Patient.gender.memberOf('http://hl7.org/fhir/ValueSet/administrative-gender')",
    'Patient.name.unknown()',
    'Patient.name.family | Patient.name.given',
    'Patient.name.distinct()',
    'Patient.name.repeat($this)',
  ])('refuses a function that is not for pointing: %s', (expression) => {
    expect(faultOf(() => locate(expression, patient)).kind).toBe('not-supported');
  });

  it('refuses an expression that multiplies results without end', () => {
    const doubled = `Patient.name${'.select($this.combine($this))'.repeat(30)}`;
    expect(faultOf(() => locate(doubled, patient)).kind).toBe('too-costly');
    expect(faultOf(() => locate(`Patient${'.name'.repeat(400)}`, patient)).kind).toBe('too-costly');
  });

  it('gives places or a Fault for every text', () => {
    const word = fc.constantFrom(
      'Patient',
      'name',
      '.',
      '[0]',
      '(',
      ')',
      'where',
      'given',
      '|',
      "'a'",
      ' and ',
      '$this',
      '%',
      '-',
      '`',
      '{}',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
          fc.string(),
        ),
        (text) => {
          try {
            locate(text, patient);
            splitElement(text);
          } catch (error) {
            expect(error).toBeInstanceOf(Fault);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('splitElement', () => {
  it.each([
    ['Patient.identifier', 'Patient', 'identifier'],
    ['identifier', '$this', 'identifier'],
    ['Patient.name[0].given', 'Patient.name[0]', 'given'],
    ["Patient.name.where(use = 'a.b').given", "Patient.name.where(use = 'a.b')", 'given'],
    ['Patient.`name`', 'Patient', 'name'],
    ['%resource.name', '%resource', 'name'],
    ['Patient\n.name', 'Patient\n', 'name'],
  ])('%s', (expression, holder, name) => {
    expect(splitElement(expression)).toEqual({ holder, name });
  });

  it.each(['Patient.name[0]', 'Patient.name.first()', 'a | b.c', '(Patient.name)', '1', "'a.b'", 'Patient.name // .x'])(
    'finds no name at the end of %s',
    (expression) => {
      expect(splitElement(expression)).toBeUndefined();
    },
  );
});
