/** GET [base]/[type]/[id]/_history/[version]: one version. https://hl7.org/fhir/R4/http.html#vread */
import { Fault } from '../../resources/index.ts';
import { readAnswer } from '../answer.ts';
import { defineInteraction } from '../interaction.ts';
import { versionNumber } from '../preconditions.ts';
import { subsetAnswer } from '../subset-answer.ts';
import { gone } from './read.ts';

export const interaction = defineInteraction({
  name: 'vread',
  verb: 'read',
  parameters: ['_summary', '_elements'],
  async perform(call, { store }, context) {
    const number = versionNumber(call.version!);
    const version =
      number > 0 ? await store.records.vread(context.access, call.type!, call.id!, number, context) : undefined;
    if (!version) {
      throw new Fault(
        'not-found',
        `${call.type}/${call.id} has no version ${JSON.stringify(call.version!.slice(0, 64))}.`,
        {
          hint: `Its versions are at ${call.type}/${call.id}/_history.`,
        },
      );
    }
    if (version.deleted) throw gone(version);
    return subsetAnswer(call, readAnswer(version));
  },
});
