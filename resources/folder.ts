/** Loads a folder of definitions, one per file: the name of the file is the identity of what it defines. */
import { readdir } from 'node:fs/promises';

/**
 * Imports every `.ts` file of a folder and gathers what each exports under `exported`.
 * @param folder URL of the folder, with a trailing slash
 * @param nameOf the name that a definition gives itself
 * @throws Error naming the file whose definition is missing or disagrees with its name
 */
export async function loadFolder<T>(
  folder: URL,
  exported: string,
  nameOf: (definition: T) => string,
): Promise<ReadonlyMap<string, T>> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.ts') && file !== 'index.ts').sort();
  const loaded = await Promise.all(
    files.map(async (file) => [file, await import(new URL(file, folder).href)] as const),
  );
  return new Map(
    loaded.map(([file, module]) => {
      const definition: T | undefined = module[exported];
      if (definition === undefined) throw new Error(`${file} exports no ${exported}; each file of its folder must.`);
      const name = nameOf(definition);
      if (`${name}.ts` !== file) throw new Error(`${file} defines ${name}; the file must be called ${name}.ts.`);
      return [name, definition] as const;
    }),
  );
}
