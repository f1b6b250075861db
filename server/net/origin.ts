import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';
import type { TLSSocket } from 'node:tls';

/** As much of a request as tells where it was sent to. */
export type Asked = Pick<IncomingMessage, 'headers' | 'socket'>;

/** docs/decisions/0026-one-rule-of-origin.md; pages, sign-in, API and sockets ask nothing else. */
export interface OriginRule {
  /** Addresses that the operator named with --url, as origins. */
  named: readonly string[];
  /** The origin that the request was sent to, such as `http://192.168.1.5:3000`; null where Host cannot be read. */
  originOf(req: Asked): string | null;
  /**
   * May the page that sends this talk to us? Only our own may. Requests without an Origin (API clients) pass: a browser
   * sends one with whatever changes something.
   */
  isOurs(req: Asked): boolean;
}

/**
 * @param options.urls origins named by the operator
 * @param options.proxies addresses or ranges whose X-Forwarded-Proto and X-Forwarded-Host are believed
 */
export function makeOriginRule(options: { urls: readonly string[]; proxies: readonly string[] }): OriginRule {
  const named = [...new Set(options.urls.map((url) => new URL(url).origin))];
  const proxies = listAddresses(options.proxies);
  const originOf = (req: Asked): string | null => {
    const isProxied = proxies(req.socket.remoteAddress ?? '');
    const told = (name: string): string | undefined => (isProxied ? firstOf(req.headers[name]) : undefined);
    const direct = (req.socket as Partial<TLSSocket>).encrypted === true ? 'https' : 'http';
    const host = told('x-forwarded-host') ?? req.headers.host ?? '';
    const own = readOrigin(`${told('x-forwarded-proto') ?? direct}://${host}`);
    // A proxy that we were not told to believe speaks plain http to us, but people come by the address that was named.
    return named.find((origin) => isHostOf(origin, host.toLowerCase())) ?? own;
  };
  return {
    named,
    originOf,
    isOurs: (req) => {
      if (req.headers.origin === undefined) return true;
      const origin = readOrigin(req.headers.origin);
      return origin !== null && (named.includes(origin) || origin === originOf(req));
    },
  };
}

/** Names that only this machine itself is reached by: no DNS can bend them to another one. */
export function isLoopbackName(host: string | undefined): boolean {
  const origin = readOrigin(`http://${host ?? ''}`);
  return origin !== null && /^(localhost|[\w.-]+\.localhost|127\.[\d.]+|\[::1\])$/.test(new URL(origin).hostname);
}

/** Browsers give their whole range of features, and heed Cross-Origin-Opener-Policy, there only. */
export const isTrustworthy = (origin: string | null): boolean =>
  origin !== null && (origin.startsWith('https:') || isLoopbackName(hostOf(origin)));

const hostOf = (origin: string): string => new URL(origin).host;

/** A proxy may write the port out that browsers leave out. */
const isHostOf = (origin: string, host: string): boolean =>
  host === hostOf(origin) || host === `${hostOf(origin)}:${origin.startsWith('https:') ? 443 : 80}`;

const firstOf = (header: string | string[] | undefined): string | undefined =>
  [header ?? []].flat().join(',').split(',')[0]?.trim() || undefined;

/** Scheme, host and port in the one way that browsers write them; null for anything that is more, less or else. */
function readOrigin(text: string): string | null {
  if (!/^https?:\/\/([\w.-]+|\[[\da-f:.]+\])(:\d+)?$/i.test(text) || !URL.canParse(text)) return null;
  return new URL(text).origin;
}

/** Is an address in one of these ranges? */
export function listAddresses(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [network = '', bits] = range.split('/');
    const family = isIP(network) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(network, family);
    else list.addSubnet(network, Number(bits), family);
  }
  return (address) => {
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain);
    return family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}
