import { readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { judge } from '../../../profiles/index.ts';
import { type Finding, parseJson } from '../../../resources/index.ts';
import { ownLibrary } from '../../setup/own-library.ts';
import { hasSharedData, sharedData } from '../../setup/shared-data.ts';

/** Examples that break R4 themselves: where (without indexes), and why that is a fault. */
const exceptions: Readonly<Record<string, { readonly reason: string; readonly at: readonly string[] }>> = JSON.parse(
  readFileSync(new URL('r4-exceptions.json', import.meta.url), 'utf8'),
);
const library = ownLibrary();

function errors(text: string): readonly Finding[] {
  const parsed = parseJson(text);
  const { findings, isValid } = judge(parsed.value.resourceType, parsed, { level: 'full', library });
  const found = findings.filter(({ severity = 'error' }) => severity === 'error');
  expect(isValid).toBe(found.length === 0);
  return found;
}

describe.runIf(hasSharedData)('real resources', () => {
  it('are valid where they are the examples of R4, but for those that break it themselves', () => {
    const folder = sharedData('r4-examples/');
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    const broken: Record<string, string[]> = {};
    for (const file of files) {
      const text = readFileSync(new URL(file, folder), 'utf8');
      const found = text.includes('resourceType') ? errors(text) : [];
      const at = [...new Set(found.map(({ expression }) => expression!.replace(/\[\d+\]/g, '')))].sort();
      if (at.length > 0) broken[file] = at;
    }
    expect(files.length).toBeGreaterThan(700);
    expect(broken).toEqual(Object.fromEntries(Object.entries(exceptions).map(([file, { at }]) => [file, at])));
  }, 120_000);

  it('are valid where Synthea wrote them', () => {
    const folder = sharedData('synthea/');
    const files = readdirSync(folder).filter((file) => file.endsWith('.json.gz'));
    for (const file of files.filter((it, i) => it.startsWith('0-') || i % 20 === 0)) {
      const { entry } = JSON.parse(gunzipSync(readFileSync(new URL(file, folder))).toString());
      for (const { resource } of entry) expect(errors(JSON.stringify(resource)), `${file} ${resource.id}`).toEqual([]);
    }
  }, 120_000);
});
