/** What the three history interactions share: parameters, paging, the history Bundle. https://hl7.org/fhir/R4/http.html#history */
import { type Context, Fault } from '../resources/index.ts';
import type { HistoryPage, HistoryVersion } from '../store/index.ts';
import type { Call, Query } from './call.ts';
import { type Answer, type Environment, withoutGeneral } from './interaction.ts';
import { etagOf } from './preconditions.ts';

export const HISTORY_PARAMETERS: readonly string[] = ['_count', '_since', '_at', '_summary', '_page'];

interface Scope {
  readonly type?: string;
  readonly id?: string;
}

/** The answer to a history interaction. `absent` is called where an instance has no version at all. @throws Fault */
export async function historyAnswer(
  call: Call,
  scope: Scope,
  { store, settings }: Environment,
  context: Context,
  absent?: () => never,
): Promise<Answer> {
  const asked = readParameters(call.query, settings.limits);
  const page = await store.records.history(context.access, scope, asked, context);
  if (absent && page.versions.length === 0 && asked.after === undefined && !asked.countOnly) {
    const first = await store.records.read(context.access, scope.type!, scope.id!, context);
    if (!first) absent();
  }
  return { status: 200, body: historyBundle(call, scope, page, asked.countOnly, context) };
}

function readParameters(query: Query, limits: Environment['settings']['limits']) {
  const values = new Map<string, string>();
  for (const [name, value] of withoutGeneral(query)) {
    if (values.has(name)) throw new Fault('invalid-request', `${name} is given twice.`, { expression: name });
    values.set(name, value);
  }
  const summary = values.get('_summary') ?? 'false';
  if (summary !== 'count' && summary !== 'false') {
    throw new Fault('not-supported', `_summary=${summary.slice(0, 20)} is not offered for a history.`, {
      hint: 'Use _summary=count, or leave it out.',
    });
  }
  if (values.has('_since') && values.has('_at')) {
    throw new Fault('invalid-request', '_since and _at cannot be asked together.', { hint: 'Use one of them.' });
  }
  const count = countOf(values.get('_count'), limits);
  return {
    count: Math.max(count, 1),
    since: values.get('_since'),
    at: values.get('_at'),
    after: values.get('_page'),
    countOnly: summary === 'count' || count === 0,
  };
}

function countOf(text: string | undefined, limits: { countDefault: number; countMax: number }): number {
  if (text === undefined) return limits.countDefault;
  if (!/^[0-9]{1,9}$/.test(text)) {
    throw new Fault('invalid-value', `_count=${text.slice(0, 20)} is not a number of entries.`, {
      expression: '_count',
      hint: `Use a whole number from 0 to ${limits.countMax}.`,
    });
  }
  return Math.min(Number(text), limits.countMax);
}

function historyBundle(call: Call, scope: Scope, page: HistoryPage, countOnly: boolean, context: Context): string {
  const path = [scope.type, scope.id, '_history'].filter((part) => part !== undefined).join('/');
  const links = [{ relation: 'self', url: linkUrl(context, path, call.query) }];
  if (page.next !== undefined && !countOnly) {
    const others = call.query.filter(([name]) => name !== '_page');
    links.push({ relation: 'next', url: linkUrl(context, path, [...others, ['_page', page.next]]) });
  }
  const head = JSON.stringify({ resourceType: 'Bundle', type: 'history', total: page.total, link: links });
  if (countOnly || page.versions.length === 0) return head;
  return `${head.slice(0, -1)},"entry":[${page.versions.map((version) => historyEntry(version, context)).join(',')}]}`;
}

function linkUrl(context: Context, path: string, query: Query): string {
  const text = query.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`).join('&');
  return `${context.base}/${path}${text === '' ? '' : `?${text}`}`;
}

/** A deleted version has no resource, only the request that deleted it. */
function historyEntry(version: HistoryVersion, context: Context): string {
  const name = `${version.type}/${version.id}`;
  const fullUrl = JSON.stringify(`${context.base}/${name}`);
  const resource = version.deleted ? '' : `"resource":${version.text},`;
  const request = { method: version.method, url: version.method === 'POST' ? version.type : name };
  const response = { status: statusLine(version), etag: etagOf(version.version), lastModified: version.lastUpdated };
  return `{"fullUrl":${fullUrl},${resource}"request":${JSON.stringify(request)},"response":${JSON.stringify(response)}}`;
}

function statusLine(version: HistoryVersion): string {
  if (version.deleted) return '204 No Content';
  return version.version === 1 || version.revived ? '201 Created' : '200 OK';
}
