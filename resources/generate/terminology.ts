/** R4's own value sets, code systems and concept maps, whole but for what is only there to be looked at. */

/**
 * The files `terminology.ndjson` and `terminology-index.json`: the ValueSets, CodeSystems and ConceptMaps that R4, HL7 v2 and
 * v3 define, each url once (where the package has two versions, the later one), one in each line; and in the index, for each
 * type and url, the bytes before its line and in it. So a process reads and holds those that it is asked for.
 */
export function toTerminology(resources: readonly any[]): { lines: string; index: Record<string, TerminologyIndex> } {
  const index: Record<string, TerminologyIndex> = {};
  const lines: string[] = [];
  let offset = 0;
  for (const type of ['CodeSystem', 'ConceptMap', 'ValueSet']) {
    index[type] = {};
    for (const resource of latest(resources.filter((it) => it.resourceType === type && it.url !== undefined))) {
      const line = JSON.stringify(withoutDecoration(resource));
      const length = Buffer.byteLength(line);
      index[type][resource.url] = [offset, length];
      lines.push(line);
      offset += length + 1;
    }
  }
  return { lines: `${lines.join('\n')}\n`, index };
}

/** url → where its definition begins, and its length, in bytes. */
export type TerminologyIndex = Record<string, [offset: number, length: number]>;

function latest(resources: readonly any[]): any[] {
  const byUrl = new Map<string, any>();
  for (const resource of resources) {
    const known = byUrl.get(resource.url);
    if (!known || isLater(resource.version ?? '', known.version ?? '')) byUrl.set(resource.url, resource);
  }
  return [...byUrl.values()].sort((a, b) => (a.url < b.url ? -1 : 1));
}

function isLater(a: string, b: string): boolean {
  return a.localeCompare(b, 'en', { numeric: true }) > 0;
}

/** Narrative, publishing metadata and standards status take half the room and answer no question about a code. */
function withoutDecoration({ text, meta, extension, contact, identifier, useContext, ...resource }: any): object {
  return resource;
}
