import { describe, expect, it } from 'vitest';
import { resourceTypes, searchParameters } from '../../../resources/index.ts';
import { parseExpression } from '../../../resources/parameters/expression.ts';
import { numberOf, type SearchKind, slotsOf } from '../../../resources/parameters/slot.ts';
import { textSlot, textTag } from '../../../store/search/coding.ts';

const read = (kind: SearchKind, expression: string) => {
  const [alternative] = parseExpression(expression)!;
  return slotsOf(kind, alternative!.head!, alternative!);
};

describe('slotsOf', () => {
  it('divides a name into the parts that are searched', () => {
    expect(read('string', 'Patient.name').map(({ name }) => name)).toEqual(
      ['family', 'given', 'prefix', 'suffix', 'text'].map((part) => `Patient.name.${part}:string`),
    );
  });

  it('gives one slot to all ways to write one element', () => {
    const [whole] = read('token', 'MedicationRequest.medication');
    const [restricted] = read('token', 'MedicationRequest.medication.ofType(CodeableConcept)');
    expect(restricted!.name).toBe(whole!.name);
    expect(restricted!.k).toBe(whole!.k);
  });

  it('keeps apart what a restriction to types leaves out', () => {
    const [both] = read('date', 'RiskAssessment.occurrence');
    const [one] = read('date', 'RiskAssessment.occurrence.ofType(dateTime)');
    expect(one!.k).not.toBe(both!.k);
  });

  it('shares the tokens, but not the presence, of references that are narrowed to a type', () => {
    const [subject] = read('reference', 'Observation.subject');
    const [patient] = read('reference', 'Observation.subject.where(resolve() is Patient)');
    expect(patient!.name).toBe(subject!.name);
    expect(patient!.k).not.toBe(subject!.k);
    expect(patient!.narrowed).toEqual(['Patient']);
  });
});

describe('numbers of slots', () => {
  const slots = resourceTypes().flatMap((type) =>
    [...searchParameters(type).values()].flatMap((parameter) => parameter.slots.map((slot) => ({ type, slot }))),
  );

  it('never collide in R4', () => {
    const keys = new Map<number, string>();
    const add = (k: number, key: string) => {
      expect(keys.get(k) ?? key).toBe(key);
      keys.set(k, key);
    };
    for (const { slot } of slots) {
      add(slot.k, `${slot.name} ${slot.narrowed ?? ''}`);
      add(textSlot(slot), `${slot.name} display`);
      if (slot.identifier) add(slot.identifier.k, slot.identifier.name);
    }
    expect(keys.size).toBeGreaterThan(3000);
  });

  it('give each string and each text of a concept a mark of its own within a type', () => {
    for (const type of resourceTypes()) {
      const marks = new Map<string, string>();
      for (const { slot } of slots.filter((one) => one.type === type)) {
        const mark = slot.tag ?? (slot.kind === 'token' ? textTag(slot) : undefined);
        if (mark === undefined) continue;
        expect(marks.get(mark) ?? slot.name).toBe(slot.name);
        marks.set(mark, slot.name);
      }
    }
  });

  it('are the same for ever', () => {
    expect(numberOf('Observation.code:token')).toBe(1928211051);
    expect(numberOf('Patient.name.family:string')).toBe(1052035818);
  });
});
