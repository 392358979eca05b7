/** A few concepts of SNOMED CT with attributes in groups, as a CodeSystem in memory. */
import type { CodeSystem, CodeSystemConcept, CodeSystemConceptProperty } from 'fhir/r4.js';

export const SITE = '363698007';
export const MORPHOLOGY = '116676008';

const attribute = (code: string, valueCode: string, id?: string): CodeSystemConceptProperty => ({
  ...(id === undefined ? {} : { id }),
  code,
  valueCode,
});
const concept = (code: string, parents: string[], ...property: CodeSystemConceptProperty[]): CodeSystemConcept => ({
  code,
  display: code,
  property: [...parents.map((parent) => attribute('parent', parent)), ...property],
});

/** Diseases 64572001 › 56265001 (heart) › 22298006 (infarct), 301095005 (of two sites); structures 123037004 › 80891009. */
export const heart: CodeSystem = {
  resourceType: 'CodeSystem',
  url: 'http://snomed.info/sct',
  status: 'active',
  content: 'complete',
  caseSensitive: true,
  concept: [
    concept('138875005', []),
    concept('64572001', ['138875005']),
    concept('56265001', ['64572001'], attribute(SITE, '80891009', '1')),
    concept(
      '22298006',
      ['56265001'],
      attribute(SITE, '80891009', '1'),
      attribute(MORPHOLOGY, '55641003', '1'),
      { code: '1142135004', valueDecimal: 2.5 },
      { code: '1142143009', valueString: 'acute' },
    ),
    concept('301095005', ['56265001'], attribute(SITE, '123037004', '1'), attribute(MORPHOLOGY, '55641003', '2')),
    concept('123037004', ['138875005']),
    concept('80891009', ['123037004'], attribute('memberOf', '723264001')),
    concept('55641003', ['138875005'], attribute('memberOf', '723264001')),
    concept(SITE, ['138875005']),
    concept(MORPHOLOGY, ['138875005']),
  ],
};

/** Expressions and the codes that they mean. */
export const expressions: readonly (readonly [expression: string, codes: readonly string[]])[] = [
  ['22298006', ['22298006']],
  ['22298006 |Myocardial infarction (disorder)|', ['22298006']],
  ['< 56265001', ['22298006', '301095005']],
  ['<< 56265001', ['22298006', '301095005', '56265001']],
  ['<! 64572001', ['56265001']],
  ['<<! 64572001', ['56265001', '64572001']],
  ['> 22298006', ['138875005', '56265001', '64572001']],
  ['>> 64572001', ['138875005', '64572001']],
  ['>! 22298006', ['56265001']],
  ['>>! 22298006', ['22298006', '56265001']],
  ['^ 723264001', ['55641003', '80891009']],
  ['^ *', ['55641003', '80891009']],
  ['<< 64572001 MINUS << 56265001', ['64572001']],
  ['< 64572001 AND > 22298006', ['56265001']],
  ['22298006 OR 80891009 or 64572001', ['22298006', '64572001', '80891009']],
  ['<< (22298006 OR 80891009)', ['22298006', '80891009']],
  ['(< 64572001 MINUS 56265001) OR 80891009', ['22298006', '301095005', '80891009']],
  [`< 64572001 : ${SITE} = 80891009`, ['22298006', '56265001']],
  [`< 64572001 : ${SITE} |Finding site| = << 123037004 |Body structure|`, ['22298006', '301095005', '56265001']],
  [`< 64572001 : ${SITE} != << 80891009`, ['301095005']],
  [`< 64572001 : ${SITE} = *, ${MORPHOLOGY} = 55641003`, ['22298006', '301095005']],
  [`< 64572001 : { ${SITE} = *, ${MORPHOLOGY} = 55641003 }`, ['22298006']],
  [`< 64572001 : { ${SITE} = 80891009, (${MORPHOLOGY} = 55641003 OR ${SITE} = 123037004) }`, ['22298006']],
  [`< 64572001 : { ${SITE} = 123037004 } OR ${MORPHOLOGY} = 55641003`, ['22298006', '301095005']],
  [`* : (${SITE} = 123037004 OR 1142135004 = #2.5)`, ['22298006', '301095005']],
  [`* : << 138875005 = 55641003`, ['22298006', '301095005']],
  [`* : * = 55641003`, ['22298006', '301095005']],
  ['* : 1142135004 >= #2', ['22298006']],
  ['* : 1142135004 > #2.5', []],
  ['* : 1142143009 = "acute"', ['22298006']],
  ['* : 1142143009 != "acute"', []],
  [`/* all of the heart */ << 56265001 : ${SITE} = (< 123037004 AND ^ 723264001)`, ['22298006', '56265001']],
];
