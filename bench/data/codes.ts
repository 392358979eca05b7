/** Codes that the generated records use: each one exists in its code system. */

/** One code with its display, in a system that the list names. */
export interface Coded {
  readonly code: string;
  readonly display: string;
}

/** A measurement: LOINC code, UCUM unit, and the range and number of decimals of its values. */
export interface Measure extends Coded {
  readonly unit: string;
  readonly low: number;
  readonly high: number;
  readonly decimals: number;
}

export const LOINC = 'http://loinc.org';
export const SNOMED = 'http://snomed.info/sct';
export const RXNORM = 'http://www.nlm.nih.gov/research/umls/rxnorm';
export const CVX = 'http://hl7.org/fhir/sid/cvx';
export const UCUM = 'http://unitsofmeasure.org';
export const HL7 = 'http://terminology.hl7.org/CodeSystem';

export const VITALS: readonly Measure[] = [
  { code: '8302-2', display: 'Body height', unit: 'cm', low: 148, high: 198, decimals: 1 },
  { code: '29463-7', display: 'Body weight', unit: 'kg', low: 45, high: 128, decimals: 1 },
  { code: '39156-5', display: 'Body mass index (BMI) [Ratio]', unit: 'kg/m2', low: 18, high: 41, decimals: 2 },
  { code: '8867-4', display: 'Heart rate', unit: '/min', low: 52, high: 118, decimals: 0 },
  { code: '9279-1', display: 'Respiratory rate', unit: '/min', low: 11, high: 24, decimals: 0 },
  { code: '8310-5', display: 'Body temperature', unit: 'Cel', low: 36, high: 39, decimals: 2 },
  { code: '2708-6', display: 'Oxygen saturation in Arterial blood', unit: '%', low: 91, high: 100, decimals: 1 },
];

export const LABORATORY: readonly Measure[] = [
  { code: '4548-4', display: 'Hemoglobin A1c/Hemoglobin.total in Blood', unit: '%', low: 4, high: 11, decimals: 2 },
  { code: '2339-0', display: 'Glucose [Mass/volume] in Blood', unit: 'mg/dL', low: 62, high: 240, decimals: 2 },
  { code: '38483-4', display: 'Creatinine [Mass/volume] in Blood', unit: 'mg/dL', low: 0, high: 4, decimals: 2 },
  { code: '6299-2', display: 'Urea nitrogen [Mass/volume] in Blood', unit: 'mg/dL', low: 6, high: 40, decimals: 2 },
  { code: '2947-0', display: 'Sodium [Moles/volume] in Blood', unit: 'mmol/L', low: 132, high: 147, decimals: 2 },
  { code: '6298-4', display: 'Potassium [Moles/volume] in Blood', unit: 'mmol/L', low: 3, high: 6, decimals: 2 },
  {
    code: '2093-3',
    display: 'Cholesterol [Mass/volume] in Serum or Plasma',
    unit: 'mg/dL',
    low: 120,
    high: 310,
    decimals: 2,
  },
  {
    code: '2571-8',
    display: 'Triglyceride [Mass/volume] in Serum or Plasma',
    unit: 'mg/dL',
    low: 60,
    high: 420,
    decimals: 2,
  },
  { code: '718-7', display: 'Hemoglobin [Mass/volume] in Blood', unit: 'g/dL', low: 9, high: 18, decimals: 2 },
  {
    code: '6690-2',
    display: 'Leukocytes [#/volume] in Blood by Automated count',
    unit: '10*3/uL',
    low: 3,
    high: 14,
    decimals: 3,
  },
];

export const CONDITIONS: readonly Coded[] = [
  { code: '38341003', display: 'Hypertensive disorder, systemic arterial (disorder)' },
  { code: '44054006', display: 'Diabetes mellitus type 2 (disorder)' },
  { code: '55822004', display: 'Hyperlipidemia (disorder)' },
  { code: '195662009', display: 'Acute viral pharyngitis (disorder)' },
  { code: '10509002', display: 'Acute bronchitis (disorder)' },
  { code: '271737000', display: 'Anemia (disorder)' },
  { code: '444814009', display: 'Viral sinusitis (disorder)' },
  { code: '162864005', display: 'Body mass index 30+ - obesity (finding)' },
  { code: '233604007', display: 'Pneumonia (disorder)' },
];

export const PROCEDURES: readonly Coded[] = [
  { code: '430193006', display: 'Medication reconciliation (procedure)' },
  { code: '710824005', display: 'Assessment of health and social care needs (procedure)' },
  { code: '171207006', display: 'Depression screening (procedure)' },
  { code: '399208008', display: 'Plain X-ray of chest (procedure)' },
  { code: '23426006', display: 'Measurement of respiratory function (procedure)' },
];

export const MEDICATIONS: readonly Coded[] = [
  { code: '314076', display: 'lisinopril 10 MG Oral Tablet' },
  { code: '860975', display: '24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet' },
  { code: '314231', display: 'simvastatin 10 MG Oral Tablet' },
  { code: '310798', display: 'hydrochlorothiazide 25 MG Oral Tablet' },
  { code: '308136', display: 'amlodipine 2.5 MG Oral Tablet' },
  { code: '313782', display: 'acetaminophen 325 MG Oral Tablet' },
  { code: '308182', display: 'amoxicillin 250 MG Oral Capsule' },
];

export const VACCINES: readonly Coded[] = [
  { code: '140', display: 'Influenza, seasonal, injectable, preservative free' },
  { code: '113', display: 'Td (adult) preservative free' },
  { code: '133', display: 'Pneumococcal conjugate PCV 13' },
];

export const VISITS: readonly Coded[] = [
  { code: '185349003', display: 'Encounter for check up (procedure)' },
  { code: '162673000', display: 'General examination of patient (procedure)' },
  { code: '185345009', display: 'Encounter for symptom (procedure)' },
  { code: '390906007', display: 'Follow-up encounter (procedure)' },
  { code: '50849002', display: 'Emergency room admission (procedure)' },
];
