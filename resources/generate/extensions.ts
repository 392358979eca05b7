/** The extensions that R4 defines. */
import { type ExtensionDefinition, type ExtensionPart, toExtension } from '../extension-definition.ts';

/** The file `extensions.json`: url → extension. */
export function toExtensions(definitions: readonly any[]): Record<string, ExtensionDefinition> {
  const found = definitions
    .filter(
      (it) => it.resourceType === 'StructureDefinition' && it.type === 'Extension' && it.derivation === 'constraint',
    )
    .map((it) => [it.url, { ...toExtension(it), ...later[it.url.replace(base, '')] }] as const);
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const base = 'http://hl7.org/fhir/StructureDefinition/';
const address: ExtensionPart = { max: 1, value: { types: ['uri'], min: 1 } };
const anywhere: ExtensionDefinition['contexts'] = [['element', 'Element']];

/**
 * What HL7 corrected of these extensions after R4, in the package hl7.fhir.uv.extensions.r4. R4 and all its guides use them
 * in the corrected way: by the letter of R4 its own StructureDefinitions would be wrong.
 */
const later: Readonly<Record<string, Partial<ExtensionDefinition>>> = {
  // SMART App Launch 2 has more endpoints.
  'http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris': {
    parts: {
      authorize: { ...address, min: 1 },
      token: { ...address, min: 1 },
      register: address,
      manage: address,
      introspect: address,
      revoke: address,
    },
  },
  'capabilitystatement-expectation': { contexts: anywhere },
  'operationoutcome-issue-source': { value: { types: ['string', 'code'], min: 1 } },
  regex: { contexts: anywhere },
  'structuredefinition-fhir-type': { contexts: anywhere, value: { types: ['url', 'uri'], min: 1 } },
  'structuredefinition-normative-version': { contexts: anywhere },
  // HL7 withdraws standards since.
  'structuredefinition-standards-status': { value: { types: ['code'], min: 1 } },
  // Workgroups come and go; R4 froze the list.
  'structuredefinition-wg': { value: { types: ['code'], min: 1 } },
};
