/** CVX, vaccines administered, as the CDC publishes them in text. https://www2.cdc.gov/vaccines/iis/iisstandards/vaccines.asp?rpt=cvx */
import type { Fact } from '../../../terminology/index.ts';
import { Refusal } from '../../refusal.ts';
import type { Format } from '../format.ts';
import type { Row } from '../table.ts';

const COLUMNS = [
  'CVX Code',
  'Short Description',
  'Full Vaccine Name',
  'Note',
  'Status',
  'Internal ID',
  'Nonvaccine',
  'Update Date',
];

export const cvx: Format = async (release, { version }) => {
  const file = release.one(/\.txt$/i, 'table of CVX codes (cvx.txt)');
  if (version === undefined) {
    throw new Refusal(
      `${release.name} does not say which version of CVX it is.`,
      'Say --version with its date: 2026-01-15.',
    );
  }
  const layout = { separator: '|' as const, columns: COLUMNS, needed: COLUMNS.slice(0, 3), isRagged: true };
  return {
    about: {
      url: 'http://hl7.org/fhir/sid/cvx',
      version,
      name: 'CVX',
      title: 'Vaccines administered (CVX)',
      publisher: 'Centers for Disease Control and Prevention',
      caseSensitive: true,
    },
    bytes: file.bytes,
    async *facts() {
      for await (const rows of release.rows(file, layout, 'utf-8 or windows-1252')) yield rows.flatMap(ofVaccine);
    },
  };
};

function ofVaccine(row: Row): Fact[] {
  const code = row.need('CVX Code');
  // Some publish the table with a header.
  if (!/^\d{1,4}$/.test(code)) return [];
  const status = row.get('Status');
  const names = [row.get('Short Description'), row.get('Full Vaccine Name')].filter((name) => name !== '');
  const texts = [
    ['status', status],
    ['note', row.get('Note')],
  ].filter(([, value]) => value !== '');
  return [
    { is: 'concept', code, ...(/^inactive$/i.test(status) && { inactive: true }) },
    ...names.map((value, rank) => ({ is: 'name' as const, code, value, rank, language: 'en' })),
    ...texts.map(([name, value]) => ({
      is: 'property' as const,
      code,
      property: { code: name!, valueString: value! },
    })),
    { is: 'property', code, property: { code: 'nonvaccine', valueBoolean: /^true$/i.test(row.get('Nonvaccine')) } },
  ];
}
