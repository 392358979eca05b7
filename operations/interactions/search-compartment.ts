/** GET [base]/Patient/1/Observation?…, in each of R4's compartments. https://hl7.org/fhir/R4/http.html#vsearch */
import { defineInteraction } from '../interaction.ts';
import { searchAnswer } from '../search.ts';

export const interaction = defineInteraction({
  name: 'search-compartment',
  verb: 'search',
  parameters: 'search',
  perform: (call, environment, context) =>
    searchAnswer(call, { type: call.type, compartment: call.compartment }, environment, context),
});
