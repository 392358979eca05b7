import { expect, it } from 'vitest';
import { ndc } from '../../../../server/terminology/formats/ndc.ts';
import { conceptsOf, folderOf, tabbed } from '../releases.ts';

const files = {
  'product.txt': Buffer.from(
    tabbed(
      [
        'PRODUCTID',
        'PRODUCTNDC',
        'PRODUCTTYPENAME',
        'PROPRIETARYNAME',
        'PROPRIETARYNAMESUFFIX',
        'NONPROPRIETARYNAME',
        'LABELERNAME',
        'NDC_EXCLUDE_FLAG',
      ],
      ['1', '0002-0800', 'HUMAN OTC DRUG', 'Sterile Diluent', '', 'diluent', 'Sociét\u00e9', 'N'],
    ),
    'latin1',
  ),
  'package.txt': tabbed(
    ['PRODUCTID', 'PRODUCTNDC', 'NDCPACKAGECODE', 'PACKAGEDESCRIPTION'],
    ['1', '0002-0800', '0002-0800-01', '1 VIAL in 1 CARTON'],
  ),
};

it('reads products and their packages, in the encoding of Windows where it is no UTF-8', async () => {
  const { concepts } = await conceptsOf(ndc, folderOf(files), { version: '2026-01-15' });
  expect(concepts.get('0002-0800')).toMatchObject({ display: 'Sterile Diluent' });
  expect(concepts.get('0002-0800')!.property).toContainEqual({ code: 'LABELERNAME', valueString: 'Société' });
  expect(concepts.get('0002-0800-01')).toMatchObject({ display: '1 VIAL in 1 CARTON', parents: ['0002-0800'] });
});
