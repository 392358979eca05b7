/** The page at `/`: what runs here, for a person with a browser. Rendered whole on the server, without any script. */

export type PageLink = readonly [title: string, address: string];

/** What the page tells. */
export interface StartPageFacts {
  readonly software: { readonly name: string; readonly version: string };
  /** The FHIR base as the visitor sees it. */
  readonly base: string;
  /** Name and version of what it runs on, e.g. Node.js, PostgreSQL. */
  readonly runsOn: readonly (readonly [name: string, version: string])[];
  /** True where nobody is asked to sign in. */
  readonly open: boolean;
  /** Resources by type; undefined where the database could not be asked. */
  readonly counts: Readonly<Record<string, number>> | undefined;
  /** Pages of the manual. */
  readonly manual: readonly PageLink[];
  /** Its pages about the interactions. */
  readonly interactions: readonly PageLink[];
}

/** Nothing may be loaded or run but what the page itself holds, and nobody may frame it. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'Cache-Control': 'no-cache',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

/** The whole page as HTML. */
export function startPage(facts: StartPageFacts): string {
  const { software, base } = facts;
  return htmlPage(
    `${software.name} · FHIR server`,
    `<header>
  ${MARK}
  <div><h1>${escapeHtml(software.name)}</h1><p>An HL7 FHIR R4 server. Version ${escapeHtml(software.version)}.</p></div>
</header>
<main>
  <section aria-labelledby="api"><h2 id="api">The API</h2>
    <p>The FHIR base is <a href="${escapeHtml(base)}/metadata?_pretty=true"><code>${escapeHtml(base)}</code></a></p>
    <pre><code>curl '${escapeHtml(base)}/Patient?_count=5&amp;_pretty=true'</code></pre>
    ${facts.open ? OPEN_NOTE : ''}
    ${runsOn(facts.runsOn)}
  </section>
  <section aria-labelledby="more"><h2 id="more">Where to go on</h2>
    ${facts.interactions.length > 0 ? '<p>Each interaction, with examples to copy:</p>' : ''}
    ${links('Interactions', facts.interactions)}
    <ul>
      <li><a href="${escapeHtml(base)}/metadata?_pretty=true">What the server can do</a> (CapabilityStatement)</li>
      ${facts.manual.map((page) => `<li>${link(page)}</li>`).join('\n      ')}
      <li><a href="https://hl7.org/fhir/R4/http.html">The RESTful API of FHIR R4</a> (HL7)</li>
    </ul>
  </section>
  <section aria-labelledby="stored"><h2 id="stored">What is stored</h2>
    ${stored(facts.counts, base)}
  </section>
</main>`,
  );
}

/** A page in the same dress; `body` is HTML. */
export function htmlPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** Links to pages beside each other. @param current the address of the page on which they stand */
export function links(label: string, pages: readonly PageLink[], current?: string): string {
  if (pages.length === 0) return '';
  return `<nav aria-label="${escapeHtml(label)}">${pages.map((page) => link(page, current)).join('\n')}</nav>`;
}

/** Text that stands for itself in HTML, in elements and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

const OPEN_NOTE = `<p class="note" role="note"><strong>Open mode.</strong> Nobody is asked to sign in, so only this machine is answered. Do not keep records of real people here.</p>`;

function link([title, address]: PageLink, current?: string): string {
  const here = address === current ? ' aria-current="page"' : '';
  return `<a href="${escapeHtml(address)}"${here}>${escapeHtml(title)}</a>`;
}

function runsOn(parts: StartPageFacts['runsOn']): string {
  if (parts.length === 0) return '';
  const rows = parts.map(([name, version]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(version)}</dd></div>`);
  return `<dl>${rows.join('')}</dl>`;
}

function stored(counts: StartPageFacts['counts'], base: string): string {
  if (!counts) return '<p class="note" role="note">The database cannot be reached at this moment.</p>';
  const rows = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  if (rows.length === 0) {
    return '<p>Nothing yet. Load files or folders with</p>\n    <pre><code>npm run load -- PATH</code></pre>';
  }
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const cells = rows.map(
    ([type, count]) =>
      `<tr><th scope="row"><a href="${escapeHtml(`${base}/${type}?_pretty=true`)}">${escapeHtml(type)}</a></th><td>${grouped(count)}</td></tr>`,
  );
  return `<table>
      <caption>${grouped(total)} ${total === 1 ? 'resource' : 'resources'} of ${rows.length} ${rows.length === 1 ? 'type' : 'types'}</caption>
      <thead><tr><th scope="col">Type</th><th scope="col">Count</th></tr></thead>
      <tbody>${cells.join('\n      ')}</tbody>
    </table>`;
}

function grouped(count: number): string {
  return count.toLocaleString('en-US');
}

/** A hearth: the flame that Vesta keeps. */
const FLAME =
  'M16 3c1.6 4.6 7.6 7.4 7.6 14.2A7.6 7.6 0 0 1 16 25a7.6 7.6 0 0 1-7.6-7.8c0-3 1.5-5.2 3-7 .3 2 1.1 3.2 2.3 3.9C13.3 10.3 14.1 6.2 16 3z';
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#c2410c" d="${FLAME}"/><path stroke="#c2410c" stroke-width="2.5" stroke-linecap="round" d="M7 29h18"/></svg>`;
const MARK = `<svg class="mark" viewBox="0 0 32 32" aria-hidden="true"><path fill="currentColor" d="${FLAME}"/><path stroke="currentColor" stroke-width="2.5" stroke-linecap="round" d="M7 29h18"/></svg>`;

/** Colours hold a contrast of at least 4.5 to 1 in both schemes. */
const STYLE = `
:root{--ground:#fdfcfa;--card:#fff;--ink:#1c1917;--soft:#57534e;--line:#e7e2dc;--accent:#9a3412;--code:#f5f1ec;--note:#fff4e5}
@media (prefers-color-scheme:dark){:root{--ground:#171412;--card:#1f1b18;--ink:#f3efea;--soft:#b5aca3;--line:#37302a;--accent:#fdba74;--code:#2a2420;--note:#33271a}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:62rem;padding:clamp(1rem,4vw,3rem);background:var(--ground);color:var(--ink);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{display:flex;gap:1rem;align-items:center;margin-bottom:2rem}
header p{margin:0;color:var(--soft)}
.mark{width:3.5rem;height:3.5rem;color:var(--accent);flex:none}
h1{font-size:2rem;line-height:1.2;margin:0}
h2{font-size:1.15rem;margin:0 0 .75rem}
h3{font-size:1rem}
a{color:var(--accent);text-underline-offset:.15em}
a:focus-visible{outline:3px solid var(--accent);outline-offset:3px;border-radius:2px}
section,article{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.25rem 1.5rem;margin-bottom:1.25rem;overflow-wrap:anywhere}
code{font:.9em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--code);border-radius:.5rem;padding:.75rem 1rem;overflow-x:auto;overflow-wrap:normal}
.note{background:var(--note);border-left:4px solid var(--accent);border-radius:.25rem;padding:.6rem 1rem}
dl{display:flex;flex-wrap:wrap;gap:.5rem 2rem;margin:1rem 0 0}
dl div{display:flex;gap:.5rem}
dt{color:var(--soft)}
dd{margin:0;font-variant-numeric:tabular-nums}
table{border-collapse:collapse;width:100%}
caption{text-align:left;color:var(--soft);padding-bottom:.5rem}
th,td{text-align:left;padding:.35rem .5rem;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--soft)}
th:last-child,td:last-child{text-align:right;font-variant-numeric:tabular-nums}
article th:last-child,article td:last-child{text-align:left}
article td{vertical-align:top}
.wide{overflow-x:auto;margin:1rem 0}
.wide table{min-width:min(38rem,max-content)}
.wide td,.wide th{overflow-wrap:break-word}
.wide td:first-child code{white-space:nowrap}
.wide td:not(:first-child){min-width:8rem}
ul{padding-left:1.25rem;margin:.25rem 0}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin-bottom:1rem}
nav [aria-current]{color:inherit;text-decoration:none;font-weight:600}
`;
