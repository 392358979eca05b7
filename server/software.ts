import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

/** What this program is called, in the metadata, on the pages and in the log. */
export const software: { readonly name: string; readonly version: string } = Object.freeze({ name: 'Vesta', version });
