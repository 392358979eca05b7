/** The types that have a file in `types/`: what the project decides about them. */
import { loadFolder } from './folder.ts';
import type { TypeDefinition } from './type.ts';

const definitions = await loadFolder<TypeDefinition>(
  new URL('./types/', import.meta.url),
  'definition',
  (definition) => definition.type,
);

/** What the project decides about a type; undefined where everything follows from R4. */
export function typeDefinition(type: string): TypeDefinition | undefined {
  return definitions.get(type);
}
