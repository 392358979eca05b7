/** The extensions that R4 defines. */
import { type ExtensionDefinition, toExtension } from '../extension-definition.ts';

/** The file `extensions.json`: url → extension. */
export function toExtensions(definitions: readonly any[]): Record<string, ExtensionDefinition> {
  const found = definitions
    .filter(
      (it) => it.resourceType === 'StructureDefinition' && it.type === 'Extension' && it.derivation === 'constraint',
    )
    .map((it) => [it.url, toExtension(it)] as const);
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}
