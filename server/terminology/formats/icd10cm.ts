/** ICD-10-CM: the order file, or the tabular list in XML. https://www.cdc.gov/nchs/icd/icd-10-cm/files.html */

import type { Fact } from '../../../terminology/index.ts';
import { Refusal } from '../../refusal.ts';
import { broken } from '../broken.ts';
import type { Content, Format } from '../format.ts';
import type { Release, ReleaseFile } from '../release.ts';
import { tabularFacts } from './icd10cm-tabular.ts';

export const icd10cm: Format = async (release, { version }) => {
  const [order] = release.matching(/order.*\.txt$/i).filter(({ name }) => !/addenda/i.test(name));
  const [tabular] = release.matching(/tabular.*\.xml$/i).filter(({ name }) => !/addenda/i.test(name));
  const file = tabular ?? order;
  if (!file) {
    throw new Refusal(
      `There is neither an icd10cm_tabular_….xml nor an icd10cm_order_….txt in ${release.name}.`,
      'Get one of them from the National Center for Health Statistics.',
    );
  }
  const [, year] = /(20\d{2})/.exec(file.name) ?? [];
  const found = version ?? year;
  if (found === undefined) throw broken(file.path, 0, 'its name has no year', 'Say --version 2026 or the like.');
  const content: Content = {
    about: {
      url: 'http://hl7.org/fhir/sid/icd-10-cm',
      version: found,
      name: 'ICD10CM',
      title: 'International Classification of Diseases, 10th Revision, Clinical Modification',
      publisher: 'National Center for Health Statistics',
      caseSensitive: false,
      hierarchyMeaning: 'is-a',
    },
    bytes: file.bytes,
    facts: () => (tabular ? tabularFacts(release, tabular) : orderFacts(release, file)),
  };
  return content;
};

/** Five digits, code, 0 for headers and 1 for what can be billed, short and long title, in fixed columns. */
async function* orderFacts(release: Release, file: ReleaseFile): AsyncGenerator<readonly Fact[]> {
  const above: string[] = [];
  for await (const lines of release.lines(file, 'utf-8 or windows-1252')) {
    const facts: Fact[] = [];
    for (const { text, number } of lines) {
      if (text.trim() === '') continue;
      const [, written, billable, short, long] =
        /^\d{5} ([A-Z0-9]{3,7}) {1,5}([01]) (.{1,60})(?: (.*))?$/.exec(text) ?? [];
      if (written === undefined) throw broken(file.path, number, 'it is no line of an order file of ICD-10-CM');
      while (above.length > 0 && !written.startsWith(above.at(-1)!)) above.pop();
      const code = dotted(written);
      const parent = above.at(-1);
      const names = [...new Set([long ?? '', short ?? ''].map((one) => one.trim()).filter((one) => one !== ''))];
      facts.push(
        { is: 'concept', code },
        ...names.map((value, rank) => ({ is: 'name' as const, code, value, rank, language: 'en' })),
        { is: 'property', code, property: { code: 'billable', valueBoolean: billable === '1' } },
        ...(parent === undefined ? [] : [{ is: 'parent' as const, code, parent: dotted(parent) }]),
      );
      above.push(written);
    }
    yield facts;
  }
}

function dotted(code: string): string {
  return code.length > 3 ? `${code.slice(0, 3)}.${code.slice(3)}` : code;
}
