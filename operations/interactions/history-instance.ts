/** GET [base]/[type]/[id]/_history. https://hl7.org/fhir/R4/http.html#history */
import { Fault } from '../../resources/index.ts';
import { HISTORY_PARAMETERS, historyAnswer } from '../history.ts';
import { defineInteraction } from '../interaction.ts';

export const interaction = defineInteraction({
  name: 'history-instance',
  verb: 'read',
  parameters: HISTORY_PARAMETERS,
  perform: (call, environment, context) =>
    historyAnswer(call, { type: call.type!, id: call.id! }, environment, context, () => {
      throw new Fault('not-found', `${call.type}/${call.id} does not exist.`);
    }),
});
