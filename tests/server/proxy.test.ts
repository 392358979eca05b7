import type { IncomingMessage } from 'node:http';
import { describe, expect, it } from 'vitest';
import { isLoopbackAddress, isLoopbackHost, openAddresses } from '../../server/proxy.ts';

const printedBase = () => 'http://localhost:8080/fhir';

function requestFrom(remoteAddress: string, headers: IncomingMessage['headers']): IncomingMessage {
  return { headers, socket: { remoteAddress } } as unknown as IncomingMessage;
}

describe('baseOf', () => {
  const open = openAddresses({ trustedProxies: [], printedBase });

  it.each(['localhost:8080', '127.0.0.1:9999', '[::1]:8080', 'LOCALHOST', 'records.localhost:81'])(
    'is in the words of the Host header %s',
    (host) => {
      expect(open.baseOf(requestFrom('127.0.0.1', { host }))).toBe(`http://${host}/fhir`);
    },
  );

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example:80',
    'localhost:8080/x',
    '',
    'a"><script>',
  ])('is the printed one where Host is %j', (host) => {
    expect(open.baseOf(requestFrom('127.0.0.1', { host }))).toBe('http://localhost:8080/fhir');
  });

  it('is VESTA_BASE_URL where that is set, whatever anybody says', () => {
    const fixed = openAddresses({ baseUrl: 'https://fhir.example.org/r4', trustedProxies: ['127.0.0.1'], printedBase });
    expect(fixed.baseOf(requestFrom('127.0.0.1', { host: 'x', forwarded: 'host=evil.example' }))).toBe(
      'https://fhir.example.org/r4',
    );
  });

  it('ignores Forwarded headers of those who are not trusted', () => {
    const headers = {
      host: 'localhost:8080',
      forwarded: 'host=blaze.example;proto=https',
      'x-forwarded-host': 'evil.example',
    };
    expect(open.baseOf(requestFrom('127.0.0.1', headers))).toBe('http://localhost:8080/fhir');
    const other = openAddresses({ trustedProxies: ['10.0.0.0/8'], printedBase });
    expect(other.baseOf(requestFrom('192.0.2.7', headers))).toBe('http://localhost:8080/fhir');
  });
});

describe('baseOf behind trusted proxies', () => {
  const behind = openAddresses({ trustedProxies: ['10.0.0.0/8', '2001:db8::/32', '127.0.0.1'], printedBase });
  const base = (headers: IncomingMessage['headers'], from = '10.1.2.3') =>
    behind.baseOf(requestFrom(from, { host: 'inner:8080', ...headers }));

  it('reads Forwarded, also from IPv6 and from IPv4 written as IPv6', () => {
    expect(base({ forwarded: 'for=192.0.2.7;host=fhir.example.org;proto=https' })).toBe(
      'https://fhir.example.org/fhir',
    );
    expect(base({ forwarded: 'host="fhir.example.org:8443";proto=https' }, '2001:db8::7')).toBe(
      'https://fhir.example.org:8443/fhir',
    );
    expect(base({ forwarded: 'Host=fhir.example.org' }, '::ffff:10.9.9.9')).toBe('http://fhir.example.org/fhir');
  });

  it('reads X-Forwarded-Host, -Proto and -Prefix', () => {
    const headers = {
      'x-forwarded-host': 'fhir.example.org',
      'x-forwarded-proto': 'https',
      'x-forwarded-prefix': '/hospital/',
    };
    expect(base(headers)).toBe('https://fhir.example.org/hospital/fhir');
  });

  it('believes each proxy only as far as the one behind it is trusted', () => {
    const invented = 'for=192.0.2.7;host=evil.example;proto=http';
    expect(base({ forwarded: `${invented}, for=203.0.113.9;host=fhir.example.org;proto=https` })).toBe(
      'https://fhir.example.org/fhir',
    );
    expect(base({ forwarded: 'for=192.0.2.7;host=fhir.example.org;proto=https, for=10.0.0.9;host=inner' })).toBe(
      'https://fhir.example.org/fhir',
    );
    const listed = {
      'x-forwarded-for': '192.0.2.7, 203.0.113.9',
      'x-forwarded-host': 'evil.example, fhir.example.org',
    };
    expect(base(listed)).toBe('http://fhir.example.org/fhir');
  });

  it('falls back where the words cannot be a host', () => {
    expect(base({ forwarded: 'host="evil.example/path?"' })).toBe('http://localhost:8080/fhir');
    expect(base({ 'x-forwarded-host': 'a b', 'x-forwarded-proto': 'javascript' })).toBe('http://localhost:8080/fhir');
    expect(base({ 'x-forwarded-host': 'fhir.example.org', 'x-forwarded-prefix': '/"><script>' })).toBe(
      'http://fhir.example.org/fhir',
    );
  });
});

describe('isLocal', () => {
  const { isLocal } = openAddresses({ trustedProxies: [], printedBase });

  it('is true for this machine, and false for others and for what a proxy on this machine passes on', () => {
    expect(isLocal(requestFrom('127.0.0.1', {}))).toBe(true);
    expect(isLocal(requestFrom('::1', {}))).toBe(true);
    expect(isLocal(requestFrom('192.0.2.7', {}))).toBe(false);
    for (const name of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'via']) {
      expect(isLocal(requestFrom('127.0.0.1', { [name]: 'x' })), name).toBe(false);
    }
  });
});

describe('loopback', () => {
  it('knows its spellings as host and as address', () => {
    expect(isLoopbackHost('127.8.9.10:1')).toBe(true);
    expect(isLoopbackHost('128.0.0.1')).toBe(false);
    expect(isLoopbackAddress('::ffff:127.0.0.1')).toBe(true);
    expect(isLoopbackAddress('127x')).toBe(false);
    expect(isLoopbackAddress(undefined)).toBe(false);
  });
});

describe('openAddresses', () => {
  it.each(['10.0.0.0/33', '10.0.0', 'proxy.example.org', '::1/129', '10.0.0.0/x'])('refuses the range %s', (range) => {
    expect(() => openAddresses({ trustedProxies: [range], printedBase })).toThrow(range);
  });
});
