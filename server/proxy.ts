/**
 * Which address the caller sees: the FHIR base that links, Location and fullUrl stand on.
 * VESTA_BASE_URL decides where it is set; then what trusted proxies say (RFC 7239 Forwarded before X-Forwarded-*); then
 * the Host header, as long as it spells loopback; else the base that was printed at the start.
 */
import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv4 } from 'node:net';
import { remember } from './format.ts';

export interface AddressSettings {
  /** VESTA_BASE_URL, without a trailing slash. */
  readonly baseUrl?: string;
  /** Addresses and CIDR ranges whose Forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
  /** The base as it is printed at the start: the answer where the caller's own words cannot be believed. */
  readonly printedBase: () => string;
}

export interface Addresses {
  /** The FHIR base for this caller, without a trailing slash. */
  baseOf(request: IncomingMessage): string;
  /** Whether the request was sent on this machine and came through no proxy. */
  isLocal(request: IncomingMessage): boolean;
}

/** The path of the FHIR base on this server, whatever it is called outside. */
export const FHIR_PATH = '/fhir';

/** Reads the settings once. @throws Error with a sentence where a range is none. */
export function openAddresses(settings: AddressSettings): Addresses {
  const trusted = settings.trustedProxies.length > 0 ? parseRanges(settings.trustedProxies) : undefined;
  const bases = new Map<string, string>();

  return {
    baseOf(request) {
      if (settings.baseUrl !== undefined) return settings.baseUrl;
      if (trusted && isTrusted(trusted, request.socket.remoteAddress)) {
        const forwarded = forwardedBase(request, trusted);
        if (forwarded) return forwarded;
      }
      const host = request.headers.host ?? '';
      return (
        bases.get(host) ??
        remember(bases, host, isLoopbackHost(host) ? `http://${host}${FHIR_PATH}` : settings.printedBase())
      );
    },
    isLocal(request) {
      const { headers, socket } = request;
      const relayed = headers.forwarded ?? headers['x-forwarded-for'] ?? headers['x-forwarded-host'] ?? headers.via;
      return relayed === undefined && isLoopbackAddress(socket.remoteAddress);
    },
  };
}

/** `localhost`, `127.0.0.1`, `[::1]` and their like, with or without a port. */
export function isLoopbackHost(host: string): boolean {
  return /^(?:(?:[a-z0-9-]+\.)*localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i.test(host);
}

/** Whether an address of a socket is this machine's own. */
export function isLoopbackAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  return address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');
}

const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/;
const PREFIX = /^(?:\/[A-Za-z0-9._~-]+)*$/;

/** What one proxy says about the request that it received. */
interface Hop {
  readonly from?: string;
  readonly host?: string;
  readonly proto?: string;
}

/**
 * The base in the words of the outermost trusted proxy. Each proxy adds its word at the end, so the list is read from
 * there for as long as the one before was trusted too; what stands further left may be invented.
 */
function forwardedBase(request: IncomingMessage, trusted: BlockList): string | undefined {
  const { headers } = request;
  const hops = headers.forwarded === undefined ? xForwarded(request) : parseForwarded(headers.forwarded);
  let hop: Hop | undefined;
  for (const next of hops.reverse()) {
    hop = { host: next.host ?? hop?.host, proto: next.proto ?? hop?.proto };
    if (!isTrusted(trusted, next.from)) break;
  }
  const host = hop?.host ?? headers.host;
  if (host === undefined || !HOST.test(host)) return undefined;
  const proto = hop?.proto?.toLowerCase() === 'https' ? 'https' : 'http';
  const prefix = one(headers['x-forwarded-prefix'])?.replace(/\/+$/, '') ?? '';
  return `${proto}://${host}${PREFIX.test(prefix) ? prefix : ''}${FHIR_PATH}`;
}

function parseForwarded(header: string): Hop[] {
  return header.split(',').map((element) => {
    const pairs = element.split(';').map((pair) => pair.split('=', 2).map((text) => text.trim()));
    const value = (name: string) => pairs.find(([key]) => key?.toLowerCase() === name)?.[1]?.replace(/^"(.*)"$/, '$1');
    return { from: addressOf(value('for')), host: value('host'), proto: value('proto') };
  });
}

/** X-Forwarded-Host and -Proto are often set by one proxy only: aligned at the end, the first one stands for the rest. */
function xForwarded({ headers }: IncomingMessage): Hop[] {
  const list = (name: string) =>
    one(headers[name])
      ?.split(',')
      .map((text) => text.trim()) ?? [];
  const from = list('x-forwarded-for');
  const hosts = list('x-forwarded-host');
  const protos = list('x-forwarded-proto');
  const length = Math.max(from.length, hosts.length, protos.length);
  const aligned = (values: string[], index: number) => values[index - (length - values.length)];
  return Array.from({ length }, (_, index) => ({
    from: addressOf(aligned(from, index)),
    host: aligned(hosts, index),
    proto: aligned(protos, index),
  }));
}

/** `192.0.2.1`, `192.0.2.1:4711`, `[2001:db8::1]:4711` → the address alone. */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const bracketed = /^\[([^\]]+)\]/.exec(text);
  if (bracketed) return bracketed[1];
  return isIP(text) ? text : text.split(':')[0];
}

function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header;
}

function isTrusted(trusted: BlockList, address: string | undefined): boolean {
  if (address === undefined) return false;
  const plain = address.startsWith('::ffff:') && isIPv4(address.slice(7)) ? address.slice(7) : address;
  const family = isIP(plain);
  return family !== 0 && trusted.check(plain, family === 4 ? 'ipv4' : 'ipv6');
}

function parseRanges(ranges: readonly string[]): BlockList {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = '', bits] = range.split('/', 2);
    const family = isIP(address);
    const most = family === 4 ? 32 : 128;
    const prefix = bits === undefined ? most : /^\d{1,3}$/.test(bits) ? Number(bits) : -1;
    if (family === 0 || prefix < 0 || prefix > most) {
      throw new Error(
        `VESTA_TRUSTED_PROXIES: ${JSON.stringify(range)} is neither an address nor a range such as 10.0.0.0/8.`,
      );
    }
    list.addSubnet(address, prefix, family === 4 ? 'ipv4' : 'ipv6');
  }
  return list;
}
