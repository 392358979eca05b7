import { expect, it } from 'vitest';
import { resourceTypes, searchParameters } from '../../../resources/index.ts';
import { chooseHot } from '../../../resources/parameters/hot.ts';

const columns = (type: string, declared = {}) =>
  Object.fromEntries([...chooseHot(searchParameters(type), declared)].map(([slot, column]) => [column, slot]));

it('takes patient, code, dates and number where nothing is declared', () => {
  expect(columns('Procedure')).toEqual({
    subj: 'Procedure.subject:reference',
    code1: 'Procedure.code:token',
    dt: 'Procedure.performed:date',
  });
  expect(columns('Task')).toMatchObject({ dt: 'Task.authoredOn:date', dt3: expect.any(String) });
});

it('takes what is declared before what follows from the parameters', () => {
  expect(columns('MedicationRequest', { dates: ['date'] }).dt).toBe(
    'MedicationRequest.dosageInstruction.timing.event:date',
  );
});

it('gives no column to a reference of which there may be several', () => {
  expect(columns('Appointment').subj).toBeUndefined();
});

it('has room for every date parameter of R4', () => {
  for (const type of resourceTypes()) {
    const dates = new Map(
      [...searchParameters(type).values()].flatMap(({ slots }) =>
        slots.filter((slot) => slot.kind === 'date').map((slot) => [slot.name, slot.hot]),
      ),
    );
    expect([...dates].filter(([, column]) => column === undefined)).toEqual([]);
  }
});
