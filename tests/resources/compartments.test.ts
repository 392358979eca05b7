import { expect, it } from 'vitest';
import { compartmentSlots } from '../../resources/index.ts';

it.each([
  ['Patient', 'Observation', ['Observation.performer:reference', 'Observation.subject:reference']],
  ['Patient', 'Appointment', ['Appointment.participant.actor:reference']],
  ['Encounter', 'Condition', ['Condition.encounter:reference']],
  ['Patient', 'Practitioner', []],
  ['Group', 'Observation', []],
])('knows by which references a resource is in the compartment of a %s: %s', (owner, type, slots) => {
  expect([...compartmentSlots(owner, type)].sort()).toEqual(slots);
});
