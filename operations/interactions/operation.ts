/** `[base]/$x`, `[base]/[type]/$x` and `[base]/[type]/[id]/$x`: one of the operations of `extended/`. https://hl7.org/fhir/R4/operations.html */
import { allows, Fault } from '../../resources/index.ts';
import { defineInteraction } from '../interaction.ts';
import { readInput } from '../read-input.ts';

export const interaction = defineInteraction({
  name: 'operation',
  verb: 'none',
  parameters: 'operation',
  async perform(call, environment, context) {
    const operation = environment.catalogue.find(call);
    const { verb, affectsState, canRehearse } = operation;
    if (verb !== 'none' && !allows(context.access, verb, call.type ?? '*')) {
      throw new Fault('forbidden', `You may not ${verb} ${call.type ?? 'resources of all types'}.`);
    }
    if (affectsState && call.prefer.isRehearsal && !canRehearse) {
      throw new Fault('not-supported', `$${operation.code} cannot be tried without keeping what it does.`, {
        hint: 'Leave Prefer: dry-run out.',
      });
    }
    if (affectsState) environment.requireRoom();
    const input = readInput(operation, call, environment.settings.limits);
    return operation.perform(input, call, environment, context);
  },
});
