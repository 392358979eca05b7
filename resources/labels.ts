/**
 * Security labels as numbers that statements can compare. https://hl7.org/fhir/R4/security-labels.html
 */

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const ACT_CODE = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';

/** Levels of confidentiality, from what anybody may know to what hardly anybody may. */
const levels: Readonly<Record<string, number>> = { U: 0, L: 1, M: 2, N: 3, R: 4, V: 5 };

/** What a resource without a label is: `N`, as HL7 has it for the usual health record. */
export const NORMAL_LEVEL = 3;

/**
 * Sensitivities, one bit each. The order is part of what is stored: new ones go to the end, none is ever moved.
 * The narrower ones stand below with the bits of what they are a part of.
 */
const sensitivities = (
  'ETH SUD HIV STD SEX SDV VIO PSY MH BH PSYTHPN GDIS SCA SPI TBOO COGN DVD EMOTDIS MST SICKLE DIA ADOL CEL EMPL ' +
  'LOCIS SSP B OPIOIDUD ETHUD PREGNANT'
).split(' ');

const bits: ReadonlyMap<string, number> = new Map(
  sensitivities.map((code, index) => [code, (1 << index) | within(code)]),
);

/** How confidential a resource is, and which sensitivities it touches. */
export interface Labels {
  readonly level: number;
  readonly sensitivity: number;
}

/** What the codings of `meta.security` say: the strictest level, all sensitivities. Other labels count for nothing here. */
export function labelsOf(
  security: readonly { readonly system?: string; readonly code?: string }[] | undefined,
): Labels {
  if (!Array.isArray(security)) return none;
  let level = -1;
  let sensitivity = 0;
  for (const { system, code = '' } of security) {
    if (system === CONFIDENTIALITY) level = Math.max(level, levels[code] ?? -1);
    else if (system === ACT_CODE) sensitivity |= bits.get(code) ?? 0;
  }
  return { level: level < 0 ? NORMAL_LEVEL : level, sensitivity };
}

/** The bits of sensitivity that a code stands for; 0 for codes that are none. */
export function sensitivityOf(code: string): number {
  return bits.get(code) ?? 0;
}

/** The level of a confidentiality code; undefined for codes that are none. */
export function levelOf(code: string): number | undefined {
  return Object.hasOwn(levels, code) ? levels[code] : undefined;
}

const none: Labels = Object.freeze({ level: NORMAL_LEVEL, sensitivity: 0 });

/** Substance use disorders, and the parts of mental and sexual health, by the hierarchy of v3-ActCode. */
function within(code: string): number {
  const wider: Readonly<Record<string, string>> = {
    ETHUD: 'SUD',
    OPIOIDUD: 'SUD',
    MH: 'BH',
    PSY: 'BH',
    PSYTHPN: 'PSY',
    COGN: 'BH',
    DVD: 'BH',
    EMOTDIS: 'BH',
    SUD: 'ETH',
    SDV: 'VIO',
  };
  const parent = wider[code];
  return parent === undefined ? 0 : (1 << sensitivities.indexOf(parent)) | within(parent);
}
