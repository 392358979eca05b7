import { describe, expect, it } from 'vitest';
import { escapeHtml, htmlPage, PAGE_HEADERS, type StartPageFacts, startPage } from '../../server/start-page.ts';

const facts: StartPageFacts = {
  software: { name: 'Vesta', version: '0.1.0' },
  base: 'http://localhost:8080/fhir',
  runsOn: [
    ['Node.js', '26.10.0'],
    ['PostgreSQL', '18.4'],
  ],
  open: true,
  counts: { Patient: 3, Observation: 12_345, Claim: 0 },
  manual: [['Settings', 'http://localhost:8080/docs/settings']],
  interactions: [['search', 'http://localhost:8080/docs/interactions/search']],
};

describe('startPage', () => {
  it('tells what runs, in which version, where the API is, and what is stored', () => {
    const html = startPage(facts);
    for (const part of [
      '0.1.0',
      '26.10.0',
      '18.4',
      'http://localhost:8080/fhir/metadata',
      '12,345',
      '12,348 resources of 2 types',
      '/docs/settings',
      '/docs/interactions/search',
    ]) {
      expect(html).toContain(part);
    }
    expect(html).not.toContain('Claim');
    expect(html.indexOf('>Observation<')).toBeLessThan(html.indexOf('>Patient<'));
  });

  it('warns where nobody is asked to sign in, and only there', () => {
    expect(startPage(facts)).toContain('Open mode');
    expect(startPage({ ...facts, open: false })).not.toContain('Open mode');
  });

  it('says how to load where nothing is stored, and that the database is away where it is', () => {
    expect(startPage({ ...facts, counts: {} })).toContain('npm run load');
    expect(startPage({ ...facts, counts: undefined })).toContain('cannot be reached');
  });

  it('holds no script and loads nothing, and its headers forbid both', () => {
    const html = startPage(facts);
    expect(html).not.toMatch(/<script|\son\w+=|javascript:|src=|@import|url\(/i);
    expect(PAGE_HEADERS['Content-Security-Policy']).toContain("default-src 'none'");
    expect(PAGE_HEADERS['Content-Security-Policy']).not.toMatch(/script-src/);
  });

  it('is accessible: language, title, one h1, headings that name their sections, headed table, both colour schemes', () => {
    const html = startPage(facts);
    expect(html).toContain('<html lang="en">');
    expect(html.match(/<h1/g)).toHaveLength(1);
    for (const [, id] of html.matchAll(/aria-labelledby="([^"]+)"/g)) expect(html).toContain(`id="${id}"`);
    expect(html).toMatch(/<th scope="col">/);
    expect(html).toMatch(/<caption>/);
    expect(html).toContain('prefers-color-scheme:dark');
  });

  it('has text colours with a contrast of 4.5 to 1 and more on every ground, light and dark', () => {
    const schemes = [...startPage(facts).matchAll(/:root\{([^}]+)\}/g)].map(([, body]) =>
      Object.fromEntries(body!.split(';').map((pair) => pair.split(':'))),
    );
    expect(schemes).toHaveLength(2);
    for (const colours of schemes) {
      for (const text of ['--ink', '--soft', '--accent']) {
        for (const ground of ['--ground', '--card', '--code', '--note']) {
          expect(contrast(colours[text], colours[ground]), `${text} on ${ground}`).toBeGreaterThanOrEqual(4.5);
        }
      }
    }
  });

  it('shows hostile text as text', () => {
    const html = startPage({ ...facts, base: 'http://x/"><script>alert(1)</script>', runsOn: [['<b>', "'"]] });
    expect(html).not.toContain('<script>');
    expect(html).not.toContain('<b>');
  });
});

describe('htmlPage', () => {
  it('escapes its title', () => {
    expect(htmlPage('<i>', '')).toContain('<title>&#60;i&#62;</title>');
  });
});

describe('escapeHtml', () => {
  it('leaves no character that could end a text or an attribute', () => {
    expect(escapeHtml(`<a href="x" id='y'>&`)).not.toMatch(/[<>"']/);
  });
});

/** https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrast(a: string, b: string): number {
  const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const full = hex.length === 4 ? hex.replace(/[^#]/g, '$&$&') : hex;
  const [r, g, b] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(full.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
