/**
 * Markdown → HTML for the pages of the manual, which are our own: headings, paragraphs, lists, tables, code, quotes,
 * links and emphasis. Everything else is shown as it is written; no HTML of the source passes.
 */
import { escapeHtml } from './start-page.ts';

/** The address of the page in a file of the manual, or undefined where there is none: then only the words are shown. */
export type PageAddress = (file: string) => string | undefined;

/** The whole text as HTML. @param pageAddress where links to `other.md` lead */
export function markdownToHtml(text: string, pageAddress: PageAddress): string {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const html: string[] = [];
  let at = 0;
  while (at < lines.length) {
    const block = blocks.find(({ starts }) => starts.test(lines[at]!)) ?? paragraph;
    const end = block.end(lines, at);
    html.push(block.html(lines.slice(at, end), pageAddress));
    at = end;
  }
  return html.filter((part) => part !== '').join('\n');
}

/** The first heading, which names a page. */
export function titleOf(text: string): string | undefined {
  return /^#\s+(.+)$/m.exec(text)?.[1]?.replaceAll('`', '').trim();
}

interface Block {
  readonly starts: RegExp;
  /** The line after the block. */
  end(lines: readonly string[], start: number): number;
  html(lines: readonly string[], pageAddress: PageAddress): string;
}

const LIST_ITEM = /^\s*(?:[-*+]|\d+\.)\s+/;

const blocks: readonly Block[] = [
  { starts: /^\s*$/, end: (_lines, start) => start + 1, html: () => '' },
  {
    starts: /^```/,
    end(lines, start) {
      const close = lines.findIndex((line, index) => index > start && line.startsWith('```'));
      return close < 0 ? lines.length : close + 1;
    },
    html: (lines) =>
      `<pre tabindex="0"><code>${escapeHtml(lines.slice(1, lines.at(-1)!.startsWith('```') ? -1 : undefined).join('\n'))}</code></pre>`,
  },
  {
    starts: /^#{1,6}\s/,
    end: (_lines, start) => start + 1,
    html(lines, pageAddress) {
      const [, marks = '#', text = ''] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(lines[0]!) ?? [];
      return `<h${marks.length} id="${slug(text)}">${inline(text, pageAddress)}</h${marks.length}>`;
    },
  },
  { starts: /^(?:-{3,}|\*{3,})\s*$/, end: (_lines, start) => start + 1, html: () => '<hr>' },
  {
    starts: /^\|/,
    end: (lines, start) => endWhile(lines, start, (line) => line.startsWith('|')),
    html: table,
  },
  {
    starts: /^>/,
    end: (lines, start) => endWhile(lines, start, (line) => line.startsWith('>')),
    html: (lines, pageAddress) =>
      `<blockquote>${markdownToHtml(lines.map((line) => line.replace(/^>\s?/, '')).join('\n'), pageAddress)}</blockquote>`,
  },
  {
    starts: LIST_ITEM,
    end: (lines, start) => endWhile(lines, start, (line) => LIST_ITEM.test(line) || /^\s{2,}\S/.test(line)),
    html: list,
  },
];

const paragraph: Block = {
  starts: /^/,
  end: (lines, start) => endWhile(lines, start, (line) => !blocks.some(({ starts }) => starts.test(line))),
  html: (lines, pageAddress) => `<p>${inline(lines.join('\n'), pageAddress)}</p>`,
};

/** At least the line at `start`, whatever it is, so that each turn gets further. */
function endWhile(lines: readonly string[], start: number, belongs: (line: string) => boolean): number {
  let end = start + 1;
  while (end < lines.length && belongs(lines[end]!)) end += 1;
  return end;
}

function table(lines: readonly string[], pageAddress: PageAddress): string {
  const rows = lines.map((line) =>
    line
      .trim()
      .replace(/^\||\|$/g, '')
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
  const hasHead = rows.length > 1 && rows[1]!.every((cell) => /^:?-+:?$/.test(cell));
  const line = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${inline(cell, pageAddress)}</${tag.split(' ')[0]}>`).join('')}</tr>`;
  const head = hasHead ? `<thead>${line(rows[0]!, 'th scope="col"')}</thead>` : '';
  const body = rows
    .slice(hasHead ? 2 : 0)
    .map((cells) => line(cells, 'td'))
    .join('');
  // Wider than a telephone, it is moved under a frame that the keyboard reaches.
  return `<div class="wide" tabindex="0"><table>${head}<tbody>${body}</tbody></table></div>`;
}

/** Lines that are indented deeper than the first belong to the item before them. */
function list(lines: readonly string[], pageAddress: PageAddress): string {
  const indent = /^\s*/.exec(lines[0]!)![0].length;
  const items: string[][] = [];
  for (const line of lines) {
    const own = LIST_ITEM.test(line) && /^\s*/.exec(line)![0].length <= indent;
    if (own) items.push([line.replace(LIST_ITEM, '')]);
    else items.at(-1)!.push(line.replace(/^\s{1,4}/, ''));
  }
  const tag = /^\s*\d/.test(lines[0]!) ? 'ol' : 'ul';
  return `<${tag}>${items.map((item) => `<li>${itemHtml(item, pageAddress)}</li>`).join('')}</${tag}>`;
}

function itemHtml(lines: readonly string[], pageAddress: PageAddress): string {
  const nested = lines.findIndex((line, index) => index > 0 && blocks.some(({ starts }) => starts.test(line)));
  if (nested < 0) return inline(lines.join('\n'), pageAddress);
  return `${inline(lines.slice(0, nested).join('\n'), pageAddress)}${markdownToHtml(lines.slice(nested).join('\n'), pageAddress)}`;
}

/** Code first: what stands in it is not marked up further. */
function inline(text: string, pageAddress: PageAddress): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) =>
      index % 2 === 1 ? `<code>${escapeHtml(part.slice(1, -1))}</code>` : marked(part, pageAddress),
    )
    .join('');
}

function marked(text: string, pageAddress: PageAddress): string {
  return escapeHtml(text)
    .replace(/\[([^\]]+)\]\(([^)\s]+)\)/g, (_whole, label: string, target: string) => link(label, target, pageAddress))
    .replace(/(?<![\w"=/])(https?:\/\/[^\s<)]+[\w/])/g, (_whole, url: string) => `<a href="${url}">${url}</a>`)
    .replace(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replace(/(?<![\w*])\*([^*\s][^*]*)\*(?![\w*])/g, '<em>$1</em>');
}

function link(label: string, target: string, pageAddress: PageAddress): string {
  if (/^https?:\/\//.test(target) || target.startsWith('#')) return `<a href="${target}">${label}</a>`;
  const [file = '', anchor] = target.split('#', 2);
  const address = pageAddress(file);
  return address === undefined ? label : `<a href="${escapeHtml(address)}${anchor ? `#${anchor}` : ''}">${label}</a>`;
}

function slug(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('`', '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}
