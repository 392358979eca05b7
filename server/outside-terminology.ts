/**
 * The terminology server elsewhere that VESTA_TERMINOLOGY_URL names, and no other address: redirects are not followed. It may
 * be slow or away: each question has a time, after a few failures none is asked for a while, and answers are remembered.
 */
import type { FhirResource, OperationOutcome } from 'fhir/r4.js';
import { Pool } from 'undici';
import type { Outside, OutsideAnswer } from '../terminology/index.ts';

export interface OutsideSettings {
  /** Its FHIR base without a slash at the end. */
  readonly url: string;
  readonly token: string | undefined;
  /** Milliseconds that one question may take. */
  readonly waitMs: number;
}

/** Failures in a row after which nothing is asked … */
const FAILURES_MAX = 3;
/** … for so long. What failed is not asked again for as long either. */
const REST_MS = 15_000;
const REMEMBERED_MS = 3_600_000;
const REMEMBERED_MAX = 10_000;
/** Longer answers are used and not remembered. */
const REMEMBERED_LENGTH_MAX = 50_000;
const ANSWER_BYTES_MAX = 16 * 2 ** 20;
const CONNECTIONS = 8;

interface Remembered {
  readonly answer: OutsideAnswer;
  readonly untilMs: number;
}

/** Opens no connection before the first question. */
export function openOutside(
  { url, token, waitMs }: OutsideSettings,
  now: () => number = Date.now,
): Outside & { close(): Promise<void> } {
  const base = new URL(`${url}/`);
  const pool = new Pool(base.origin, { connections: CONNECTIONS, connect: { timeout: waitMs } });
  const remembered = new Map<string, Remembered>();
  const underWay = new Map<string, Promise<OutsideAnswer>>();
  let failures = 0;
  let restingUntilMs = 0;

  function remember(key: string, answer: OutsideAnswer, forMs: number): OutsideAnswer {
    remembered.delete(key);
    if (remembered.size >= REMEMBERED_MAX) remembered.delete(remembered.keys().next().value!);
    remembered.set(key, { answer, untilMs: now() + forMs });
    return answer;
  }

  async function fetched(key: string, path: string, body: string): Promise<OutsideAnswer> {
    try {
      const { answer, length } = await send(path, body);
      failures = 0;
      return length > REMEMBERED_LENGTH_MAX ? answer : remember(key, answer, REMEMBERED_MS);
    } catch (error) {
      failures++;
      if (failures >= FAILURES_MAX) {
        failures = 0;
        restingUntilMs = now() + REST_MS;
      }
      return remember(key, { because: reasonOf(error, waitMs) }, REST_MS);
    }
  }

  async function send(path: string, body: string): Promise<{ answer: OutsideAnswer; length: number }> {
    const signal = AbortSignal.timeout(waitMs);
    const response = await pool.request({
      method: 'POST',
      path: `${base.pathname}${path}`,
      headers: {
        accept: 'application/fhir+json',
        'content-type': 'application/fhir+json',
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      },
      body,
      signal,
    });
    const text = await textOf(response.body);
    if (response.statusCode >= 500 || response.statusCode === 429)
      throw new Answered(`it answered ${response.statusCode}`);
    if (response.statusCode !== 200)
      return { answer: { because: refusalOf(response.statusCode, text) }, length: text.length };
    return { answer: { resource: JSON.parse(text) as FhirResource }, length: text.length };
  }

  return {
    async ask(path, question) {
      const body = JSON.stringify(question);
      const key = `${path} ${body}`;
      const known = remembered.get(key);
      if (known && known.untilMs > now()) return known.answer;
      if (restingUntilMs > now()) return { because: 'it did not answer a moment ago and is left alone for a while' };
      const waiting = underWay.get(key) ?? fetched(key, path, body).finally(() => underWay.delete(key));
      underWay.set(key, waiting);
      return waiting;
    },
    close: () => pool.destroy(),
  };
}

/** It answered, but not what was asked. */
class Answered extends Error {}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES_MAX) throw new Answered(`its answer has more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What it says itself, where it says something. */
function refusalOf(status: number, text: string): string {
  try {
    const outcome = JSON.parse(text) as OperationOutcome;
    const said = outcome.issue?.[0]?.details?.text ?? outcome.issue?.[0]?.diagnostics;
    if (said) return `it answered ${status}: ${said.slice(0, 300).replace(/\.$/, '')}`;
  } catch {
    // No resource: the status has to do.
  }
  return `it answered ${status}`;
}

/** Nothing of the address: whoever asks need not know it. */
function reasonOf(error: unknown, waitMs: number): string {
  if (error instanceof Answered) return error.message;
  if (error instanceof SyntaxError) return 'its answer is no JSON';
  const { name, code } = error as { readonly name?: string; readonly code?: string };
  if (name === 'TimeoutError' || name === 'AbortError' || /TIMEOUT/.test(code ?? ''))
    return `it did not answer within ${waitMs} ms`;
  return 'it cannot be reached';
}
