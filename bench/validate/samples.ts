/** Records to judge where the public data sets are not at hand. */
import { TYPES, templatesOf } from '../data/record.ts';
import { changed, fill } from '../data/template.ts';

const PATIENTS = 50;
const ID = '019f8a2b-6c1d-7e3f-9a4b-5c6d7e8f9a0b';
const FILLING = {
  serial: '100001',
  Patient: ID,
  Encounter: ID,
  Practitioner: ID,
  Organization: ID,
  Location: ID,
  Claim: ID,
};

/** The records that the benchmark writes, of fifty patients. */
export function clinical(): string[] {
  return Array.from({ length: PATIENTS }, (_, number) => templatesOf(number)).flatMap((own) =>
    TYPES.flatMap((type) => own[type].map((template) => fill(template, { ...FILLING, ...changed(1) }))),
  );
}
