import { expect, it } from 'vitest';
import { isSound } from '../../../profiles/profile/sound.ts';
import { profileOf, told } from './profiling.ts';

const born = profileOf('born', 'Patient', [['Patient.birthDate', { min: 1 }]]);
const patient = { resourceType: 'Patient', meta: { profile: [born.url] } };

it('knows a definition that is built as R4 wants from one that is not', () => {
  expect(isSound(born)).toBe(true);
  const { name: _, status: __, ...bare } = born;
  expect(isSound(bare as never)).toBe(true);
  expect(isSound({ ...born, differential: { element: [{ id: 'x' }] } } as never)).toBe(false);
  expect(isSound({ ...born, snapshot: { element: 'all' } } as never)).toBe(false);
});

it('lets no wrong definition into a judgement: it says that the profile cannot be used', () => {
  for (const differential of [
    {},
    { element: [null] },
    { element: [{ path: 7 }] },
    { element: [{ path: 'Patient', constraint: [null] }] },
  ]) {
    const wrong = { ...born, differential } as never;
    expect(told(patient, [wrong], { profiles: [] })).toEqual(['warning Patient.meta.profile[0] profile']);
  }
});
