/** GET [base]?… and POST [base]/_search, over all types or those of `_type`. https://hl7.org/fhir/R4/http.html#search */
import { defineInteraction } from '../interaction.ts';
import { searchAnswer } from '../search.ts';

export const interaction = defineInteraction({
  name: 'search-system',
  verb: 'search',
  parameters: 'search',
  perform: (call, environment, context) => searchAnswer(call, {}, environment, context),
});
