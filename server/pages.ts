/** Pages for people: the start page at `/` and the manual under `/docs`. */
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { posix } from 'node:path';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Fault } from '../resources/index.ts';
import { markdownToHtml, titleOf } from './markdown.ts';
import { htmlPage, links, PAGE_HEADERS, type PageLink, type StartPageFacts, startPage } from './start-page.ts';

/** What the pages tell. */
export interface PageParts {
  readonly software: StartPageFacts['software'];
  readonly runsOn: StartPageFacts['runsOn'];
  /** True where nobody is asked to sign in. */
  readonly open: boolean;
  /** Current resources by type; may reject where the database is away. */
  counts(): Promise<Readonly<Record<string, number>>>;
}

export interface PageRoutes extends PageParts {
  baseOf(request: IncomingMessage): string;
  /** The path of the server behind a proxy, '' at the root. */
  readonly prefix: string;
  refuse(request: FastifyRequest, reply: FastifyReply, fault: Fault): void;
}

/** Adds `/` and `/docs/…`, also under the path of the public base. */
export function addPages(app: FastifyInstance, parts: PageRoutes): void {
  const manual = openManual(new URL('../docs/', import.meta.url));
  for (const prefix of new Set(['', parts.prefix])) {
    app.get(`${prefix}/`, async (request, reply) => {
      const base = parts.baseOf(request.raw);
      const counts = await parts.counts().catch(() => undefined);
      const { software, runsOn, open } = parts;
      const html = startPage({ software, runsOn, open, base, counts, ...manual.list(siteOf(base)) });
      return reply.headers(PAGE_HEADERS).send(html);
    });
    app.get(`${prefix}/docs/*`, (request, reply) => {
      const name = (request.params as { '*': string })['*'];
      const page = manual.page(name, siteOf(parts.baseOf(request.raw)));
      if (page) return reply.headers(PAGE_HEADERS).send(page);
      const fault = new Fault('unknown-route', `The manual has no page ${JSON.stringify(name.slice(0, 80))}.`, {
        hint: 'The start page lists its pages.',
      });
      return parts.refuse(request, reply, fault);
    });
  }
}

interface Manual {
  list(site: string): Pick<StartPageFacts, 'manual' | 'interactions'>;
  page(name: string, site: string): string | undefined;
}

/** The pages are those in the folder at the start; only a name in that list is ever read. */
function openManual(folder: URL): Manual {
  const names = markdownFiles(folder);
  const isInteraction = (name: string) => name.startsWith('interactions/');
  const titles = new Map(names.map((name) => [name, titleOf(read(name)) ?? name]));
  const linksTo = (of: readonly string[], site: string) =>
    of.map((name): PageLink => [titles.get(name)!, `${site}/docs/${name}`]);
  return {
    list: (site) => ({
      manual: linksTo(
        names.filter((name) => !isInteraction(name)),
        site,
      ),
      interactions: linksTo(names.filter(isInteraction), site),
    }),
    page(name, site) {
      const title = titles.get(name);
      if (title === undefined) return undefined;
      const beside = isInteraction(name) ? linksTo(names.filter(isInteraction), site) : [];
      const nav = links('Pages', [['Start page', `${site}/`], ...beside], `${site}/docs/${name}`);
      return htmlPage(
        title,
        `${nav}\n<main><article>\n${markdownToHtml(read(name), (file) => addressOf(file, name, site))}\n</article></main>`,
      );
    },
  };

  function addressOf(file: string, from: string, site: string): string | undefined {
    const name = posix.join(posix.dirname(from), file).replace(/\.md$/, '');
    return file.endsWith('.md') && titles.has(name) ? `${site}/docs/${name}` : undefined;
  }

  function read(name: string): string {
    return readFileSync(new URL(`${name}.md`, folder), 'utf8');
  }
}

function markdownFiles(folder: URL): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => name.slice(0, -3))
      .sort();
  } catch {
    // The manual may be left out of an installation; then nothing links to it.
    return [];
  }
}

function siteOf(base: string): string {
  return base.replace(/\/[^/]*$/, '');
}
