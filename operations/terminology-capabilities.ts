/** GET [base]/metadata?mode=terminology: what can be asked about codes. https://hl7.org/fhir/R4/terminologycapabilities.html */
import type { TerminologyCapabilities } from 'fhir/r4.js';
import type { Context } from '../resources/index.ts';
import type { Environment } from './interaction.ts';

/** When what it says last changed; a date of the program, not of this start. */
const RELEASED = '2026-11-21';

/** The statement for one base, with the systems that are at hand now. */
export async function terminologyStatement(
  { catalogue, settings, terminology }: Environment,
  context: Context,
): Promise<TerminologyCapabilities> {
  const { base } = context;
  const { version } = settings.software;
  const expand = catalogue.all.get('ValueSet-expand')?.parameters.filter(({ use }) => use === 'in') ?? [];
  const systems = await terminology.systems(context);
  const byUrl = Map.groupBy(systems, ({ url }) => url);
  return {
    resourceType: 'TerminologyCapabilities',
    id: 'vesta-terminology',
    url: `${base}/metadata?mode=terminology`,
    version,
    name: 'VestaTerminology',
    title: 'Vesta FHIR R4 server: terminology',
    status: 'active',
    date: RELEASED,
    kind: 'instance',
    description:
      'Code systems at hand from the start, and those that were loaded. CodeSystems and ValueSets that clients store count from the next request on.',
    software: { name: settings.software.name, version },
    implementation: { description: 'Vesta', url: base },
    lockedDate: false,
    codeSystem: [...byUrl].map(([uri, versions]) => {
      const named = versions.flatMap((one) => (one.version === undefined ? [] : [{ code: one.version }]));
      return { uri, ...(named.length > 0 ? { version: named } : {}), subsumption: true };
    }),
    expansion: {
      hierarchical: true,
      paging: true,
      incomplete: true,
      parameter: expand.map(({ name, documentation }) => ({ name, documentation })),
      textFilter: 'Each word of `filter` must begin a word of the display or of a designation; the nearest come first.',
    },
    codeSearch: 'all',
    validateCode: { translations: true },
    translation: { needsMap: true },
    closure: { translation: false },
  };
}
