/** GET [base]/[type]?… and POST [base]/[type]/_search. https://hl7.org/fhir/R4/http.html#search */
import { defineInteraction } from '../interaction.ts';
import { searchAnswer } from '../search.ts';

export const interaction = defineInteraction({
  name: 'search-type',
  verb: 'search',
  parameters: 'search',
  perform: (call, environment, context) => searchAnswer(call, { type: call.type }, environment, context),
});
