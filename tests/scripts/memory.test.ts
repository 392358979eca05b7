import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import memory from '../../scripts/memory.json' with { type: 'json' };

const root = join(import.meta.dirname, '../..');

it('starts the server in a container with the same memory as npm start does', () => {
  const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
  expect(dockerfile).toContain(
    `CMD ${JSON.stringify(['node', ...memory.flags, 'server/main.ts']).replaceAll(',', ', ')}`,
  );
  for (const [name, value] of Object.entries(memory.environment))
    expect(dockerfile).toContain(`ENV ${name}=${value}\n`);
});
