import { describe, expect, it } from 'vitest';
import { searchParameters, typeDefinition } from '../../resources/index.ts';

const NAMED = [
  'Patient',
  'Encounter',
  'MedicationRequest',
  'Observation',
  'DiagnosticReport',
  'Appointment',
  'Coverage',
  'Claim',
  'Invoice',
];

describe.each(NAMED)('the definition of %s', (type) => {
  const { hot = {}, classTokens = [] } = typeDefinition(type)!;
  const parameters = searchParameters(type);

  it('names parameters that the type has', () => {
    const { dates = [], ...single } = hot;
    for (const code of [...dates, ...Object.values(single), ...classTokens])
      expect([...parameters.keys()]).toContain(code);
  });

  it('gives its columns to what it declares', () => {
    const columns = Object.entries(hot).flatMap(([column, code]) =>
      column === 'dates'
        ? (code as string[]).map((one, index) => [`dt${index === 0 ? '' : index + 1}`, one])
        : [[column, code]],
    );
    for (const [column, code] of columns) {
      const found = parameters.get(code as string)!.slots.map((slot) => slot.hot);
      expect(found, `${code}`).toContain(column);
    }
  });
});

it('has none for types whose columns follow from R4', () => expect(typeDefinition('Flag')).toBeUndefined());
