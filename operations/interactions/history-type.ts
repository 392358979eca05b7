/** GET [base]/[type]/_history. https://hl7.org/fhir/R4/http.html#history */
import { HISTORY_PARAMETERS, historyAnswer } from '../history.ts';
import { defineInteraction } from '../interaction.ts';

export const interaction = defineInteraction({
  name: 'history-type',
  verb: 'read',
  parameters: HISTORY_PARAMETERS,
  perform: (call, environment, context) => historyAnswer(call, { type: call.type! }, environment, context),
});
