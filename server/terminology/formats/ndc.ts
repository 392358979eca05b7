/** The National Drug Code directory: products and their packages. https://www.fda.gov/drugs/drug-approvals-and-databases/national-drug-code-directory */
import type { Fact } from '../../../terminology/index.ts';
import { Refusal } from '../../refusal.ts';
import { bytesOf, type Format } from '../format.ts';
import type { Row } from '../table.ts';

const PROPERTIES = [
  'PRODUCTTYPENAME',
  'NONPROPRIETARYNAME',
  'DOSAGEFORMNAME',
  'ROUTENAME',
  'STARTMARKETINGDATE',
  'ENDMARKETINGDATE',
  'MARKETINGCATEGORYNAME',
  'APPLICATIONNUMBER',
  'LABELERNAME',
  'SUBSTANCENAME',
  'ACTIVE_NUMERATOR_STRENGTH',
  'ACTIVE_INGRED_UNIT',
  'DEASCHEDULE',
];

export const ndc: Format = async (release, { version }) => {
  const product = release.one(/^product.*\.txt$/i, 'file product.txt');
  const packages = release.matching(/^package.*\.txt$/i);
  if (version === undefined) {
    throw new Refusal(
      `${release.name} does not say which version of the directory it is.`,
      'Say --version with its date: 2026-01-15.',
    );
  }
  const encoding = 'utf-8 or windows-1252';
  const layout = (...needed: string[]) => ({ separator: '\t' as const, needed, isRagged: true });
  return {
    about: {
      url: 'http://hl7.org/fhir/sid/ndc',
      version,
      name: 'NDC',
      title: 'National Drug Code directory',
      publisher: 'Food and Drug Administration',
      caseSensitive: true,
      hierarchyMeaning: 'part-of',
    },
    bytes: bytesOf([product, ...packages]),
    async *facts() {
      const columns = layout('PRODUCTNDC', 'PROPRIETARYNAME');
      for await (const rows of release.rows(product, columns, encoding)) yield rows.flatMap(ofProduct);
      for (const file of packages) {
        const own = layout('PRODUCTNDC', 'NDCPACKAGECODE', 'PACKAGEDESCRIPTION');
        for await (const rows of release.rows(file, own, encoding)) yield rows.flatMap(ofPackage);
      }
    },
  };
};

function ofProduct(row: Row): Fact[] {
  const code = row.need('PRODUCTNDC');
  const brand = [row.get('PROPRIETARYNAME'), row.get('PROPRIETARYNAMESUFFIX')].filter((one) => one !== '').join(' ');
  const names = [brand, row.get('NONPROPRIETARYNAME')].filter((one) => one !== '');
  return [
    { is: 'concept', code, ...(row.get('NDC_EXCLUDE_FLAG') === 'E' && { inactive: true }) },
    ...names.map((value, rank) => ({ is: 'name' as const, code, value, rank, language: 'en' })),
    ...PROPERTIES.flatMap((column): Fact[] => {
      const value = row.get(column);
      return value === '' ? [] : [{ is: 'property', code, property: { code: column, valueString: value } }];
    }),
  ];
}

function ofPackage(row: Row): Fact[] {
  const code = row.need('NDCPACKAGECODE');
  return [
    { is: 'concept', code },
    { is: 'name', code, value: row.need('PACKAGEDESCRIPTION'), rank: 0, language: 'en' },
    { is: 'parent', code, parent: row.need('PRODUCTNDC') },
  ];
}
