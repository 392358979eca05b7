/** What the Observations of the search benchmark measure: a hundred LOINC codes, the common ones first. */
import { LABORATORY, type Measure, VITALS } from '../data/codes.ts';

/** LOINC code, display, UCUM unit, lowest and highest value, decimals. */
type Row = readonly [code: string, display: string, unit: string, low: number, high: number, decimals: number];

const MORE: readonly Row[] = [
  ['2345-7', 'Glucose [Mass/volume] in Serum or Plasma', 'mg/dL', 62, 240, 0],
  ['2160-0', 'Creatinine [Mass/volume] in Serum or Plasma', 'mg/dL', 0, 4, 2],
  ['3094-0', 'Urea nitrogen [Mass/volume] in Serum or Plasma', 'mg/dL', 6, 40, 0],
  ['2951-2', 'Sodium [Moles/volume] in Serum or Plasma', 'mmol/L', 132, 147, 0],
  ['2823-3', 'Potassium [Moles/volume] in Serum or Plasma', 'mmol/L', 3, 6, 1],
  ['2075-0', 'Chloride [Moles/volume] in Serum or Plasma', 'mmol/L', 95, 110, 0],
  ['2028-9', 'Carbon dioxide, total [Moles/volume] in Serum or Plasma', 'mmol/L', 20, 31, 0],
  ['17861-6', 'Calcium [Mass/volume] in Serum or Plasma', 'mg/dL', 8, 11, 1],
  ['2885-2', 'Protein [Mass/volume] in Serum or Plasma', 'g/dL', 5, 9, 1],
  ['1751-7', 'Albumin [Mass/volume] in Serum or Plasma', 'g/dL', 3, 6, 1],
  ['1975-2', 'Bilirubin.total [Mass/volume] in Serum or Plasma', 'mg/dL', 0, 3, 1],
  ['1968-7', 'Bilirubin.direct [Mass/volume] in Serum or Plasma', 'mg/dL', 0, 1, 2],
  ['6768-6', 'Alkaline phosphatase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 30, 160, 0],
  ['1742-6', 'Alanine aminotransferase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 5, 120, 0],
  ['1920-8', 'Aspartate aminotransferase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 5, 120, 0],
  ['2324-2', 'Gamma glutamyl transferase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 5, 180, 0],
  ['2532-0', 'Lactate dehydrogenase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 100, 400, 0],
  ['2157-6', 'Creatine kinase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 20, 400, 0],
  ['2777-1', 'Phosphate [Mass/volume] in Serum or Plasma', 'mg/dL', 2, 5, 1],
  ['19123-9', 'Magnesium [Mass/volume] in Serum or Plasma', 'mg/dL', 1, 3, 1],
  ['3084-1', 'Urate [Mass/volume] in Serum or Plasma', 'mg/dL', 2, 10, 1],
  ['2085-9', 'Cholesterol in HDL [Mass/volume] in Serum or Plasma', 'mg/dL', 25, 95, 0],
  ['13457-7', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by calculation', 'mg/dL', 40, 210, 0],
  ['18262-6', 'Cholesterol in LDL [Mass/volume] in Serum or Plasma by Direct assay', 'mg/dL', 40, 210, 0],
  ['2498-4', 'Iron [Mass/volume] in Serum or Plasma', 'ug/dL', 30, 200, 0],
  ['2276-4', 'Ferritin [Mass/volume] in Serum or Plasma', 'ng/mL', 5, 600, 0],
  ['2500-7', 'Iron binding capacity [Mass/volume] in Serum or Plasma', 'ug/dL', 200, 480, 0],
  ['2132-9', 'Cobalamin (Vitamin B12) [Mass/volume] in Serum or Plasma', 'pg/mL', 120, 1200, 0],
  ['2284-8', 'Folate [Mass/volume] in Serum or Plasma', 'ng/mL', 2, 24, 1],
  ['3016-3', 'Thyrotropin [Units/volume] in Serum or Plasma', 'm[IU]/L', 0, 12, 2],
  ['3024-7', 'Thyroxine (T4) free [Mass/volume] in Serum or Plasma', 'ng/dL', 0, 3, 2],
  ['3051-0', 'Triiodothyronine (T3) Free [Mass/volume] in Serum or Plasma', 'pg/mL', 1, 6, 1],
  ['1988-5', 'C reactive protein [Mass/volume] in Serum or Plasma', 'mg/L', 0, 150, 1],
  ['4537-7', 'Erythrocyte sedimentation rate by Westergren method', 'mm/h', 1, 90, 0],
  ['789-8', 'Erythrocytes [#/volume] in Blood by Automated count', '10*6/uL', 3, 6, 2],
  ['4544-3', 'Hematocrit [Volume Fraction] of Blood by Automated count', '%', 28, 54, 1],
  ['787-2', 'MCV [Entitic volume] by Automated count', 'fL', 70, 110, 1],
  ['785-6', 'MCH [Entitic mass] by Automated count', 'pg', 22, 36, 1],
  ['786-4', 'MCHC [Mass/volume] by Automated count', 'g/dL', 30, 37, 1],
  ['788-0', 'Erythrocyte distribution width [Ratio] by Automated count', '%', 11, 20, 1],
  ['777-3', 'Platelets [#/volume] in Blood by Automated count', '10*3/uL', 60, 520, 0],
  ['751-8', 'Neutrophils [#/volume] in Blood by Automated count', '10*3/uL', 1, 12, 2],
  ['731-0', 'Lymphocytes [#/volume] in Blood by Automated count', '10*3/uL', 0, 5, 2],
  ['742-7', 'Monocytes [#/volume] in Blood by Automated count', '10*3/uL', 0, 2, 2],
  ['711-2', 'Eosinophils [#/volume] in Blood by Automated count', '10*3/uL', 0, 1, 2],
  ['704-7', 'Basophils [#/volume] in Blood by Automated count', '10*3/uL', 0, 1, 2],
  ['770-8', 'Neutrophils/100 leukocytes in Blood by Automated count', '%', 30, 85, 1],
  ['736-9', 'Lymphocytes/100 leukocytes in Blood by Automated count', '%', 8, 55, 1],
  ['5905-5', 'Monocytes/100 leukocytes in Blood by Automated count', '%', 2, 14, 1],
  ['713-8', 'Eosinophils/100 leukocytes in Blood by Automated count', '%', 0, 9, 1],
  ['706-2', 'Basophils/100 leukocytes in Blood by Automated count', '%', 0, 2, 1],
  ['5902-2', 'Prothrombin time (PT)', 's', 10, 40, 1],
  ['6301-6', 'INR in Platelet poor plasma by Coagulation assay', '{INR}', 0, 5, 1],
  ['3255-7', 'Fibrinogen [Mass/volume] in Platelet poor plasma by Coagulation assay', 'mg/dL', 150, 600, 0],
  ['10839-9', 'Troponin I.cardiac [Mass/volume] in Serum or Plasma', 'ng/mL', 0, 10, 3],
  ['6598-7', 'Troponin T.cardiac [Mass/volume] in Serum or Plasma', 'ng/mL', 0, 5, 3],
  ['33762-6', 'Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma', 'pg/mL', 10, 9000, 0],
  ['30934-4', 'Natriuretic peptide B [Mass/volume] in Serum or Plasma', 'pg/mL', 5, 3000, 0],
  ['2744-1', 'pH of Arterial blood', '[pH]', 7, 8, 2],
  ['2019-8', 'Carbon dioxide [Partial pressure] in Arterial blood', 'mm[Hg]', 25, 65, 0],
  ['2703-7', 'Oxygen [Partial pressure] in Arterial blood', 'mm[Hg]', 45, 120, 0],
  ['1959-6', 'Bicarbonate [Moles/volume] in Blood', 'mmol/L', 16, 32, 1],
  ['2524-7', 'Lactate [Moles/volume] in Serum or Plasma', 'mmol/L', 0, 8, 1],
  ['1798-8', 'Amylase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 20, 300, 0],
  ['3040-3', 'Lipase [Enzymatic activity/volume] in Serum or Plasma', 'U/L', 10, 400, 0],
  ['2857-1', 'Prostate specific Ag [Mass/volume] in Serum or Plasma', 'ng/mL', 0, 20, 2],
  ['2039-6', 'Carcinoembryonic Ag [Mass/volume] in Serum or Plasma', 'ng/mL', 0, 40, 1],
  ['1989-3', '25-hydroxyvitamin D3 [Mass/volume] in Serum or Plasma', 'ng/mL', 6, 90, 1],
  ['2731-8', 'Parathyrin.intact [Mass/volume] in Serum or Plasma', 'pg/mL', 8, 200, 0],
  ['2143-6', 'Cortisol [Mass/volume] in Serum or Plasma', 'ug/dL', 2, 30, 1],
  ['2986-8', 'Testosterone [Mass/volume] in Serum or Plasma', 'ng/dL', 10, 1000, 0],
  ['10501-5', 'Lutropin [Units/volume] in Serum or Plasma', 'm[IU]/mL', 1, 60, 1],
  ['15067-2', 'Follitropin [Units/volume] in Serum or Plasma', 'm[IU]/mL', 1, 100, 1],
  ['14957-5', 'Microalbumin [Mass/volume] in Urine', 'mg/L', 1, 300, 1],
  ['9318-7', 'Albumin/Creatinine [Mass Ratio] in Urine', 'mg/g', 1, 300, 1],
  ['2161-8', 'Creatinine [Mass/volume] in Urine', 'mg/dL', 20, 300, 0],
  ['33914-3', 'Glomerular filtration rate [Volume Rate/Area] in Serum or Plasma by Creatinine-based formula (MDRD)/1.73 sq M', 'mL/min/{1.73_m2}', 15, 120, 0],
  ['59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry', '%', 88, 100, 0],
  ['9843-4', 'Head Occipital-frontal circumference', 'cm', 32, 60, 1],
]; // biome-ignore format: a table reads best in lines

/** Rank 0 is the very common one. */
export const MEASURES: readonly Measure[] = [
  ...VITALS.slice(3),
  ...LABORATORY,
  ...VITALS.slice(0, 3),
  ...MORE.map(([code, display, unit, low, high, decimals]) => ({ code, display, unit, low, high, decimals })),
];

/** The last ones are so rare that a population of any size has a few of each. */
export const RARE_MEASURES = 4;
export const RARE_ROWS = 7;

/** The share of the most common code; the others follow Zipf's law. */
const MOST_COMMON = 0.1;

/** Shares added up: the first entry above a fraction is the measure that it stands for. */
export const CUMULATED: readonly number[] = cumulated(MEASURES.length - RARE_MEASURES);

/** The rank of the measure that a fraction in [0, 1) stands for. */
export function rankOf(fraction: number): number {
  const found = CUMULATED.findIndex((sum) => fraction < sum);
  return found === -1 ? CUMULATED.length - 1 : found;
}

function cumulated(count: number): number[] {
  const weights = Array.from({ length: count - 1 }, (_, rank) => 1 / (rank + 4));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  let sum = MOST_COMMON;
  return [MOST_COMMON, ...weights.map((weight) => (sum += (weight / whole) * (1 - MOST_COMMON)))];
}
