import type { IncomingMessage } from 'node:http';
import { getIP } from 'better-auth/api';

/** An address, or the 64 bits of an IPv6 one that one customer has. */
export const networkOf = (address: string): string =>
  getIP(new Headers({ hops: address }), { advanced: { ipAddress: { ipAddressHeaders: ['hops'] } } }) ?? address;

/**
 * Where a request comes from: its connection, or, where that is a trusted proxy, the nearest address before it that is
 * none. What stands further left in X-Forwarded-For anybody can have written. IPv6 addresses are cut to the 64 bits
 * that one customer has.
 * @param proxies addresses or ranges
 */
export function findClientAddress(
  req: Pick<IncomingMessage, 'headers' | 'socket'>,
  proxies: readonly string[],
): string {
  const direct = req.socket.remoteAddress ?? 'unknown';
  const told = proxies.length === 0 ? [] : [req.headers['x-forwarded-for'] ?? []].flat();
  const ipAddress = { ipAddressHeaders: ['hops'], trustedProxies: [...proxies] };
  return getIP(new Headers({ hops: [...told, direct].join(',') }), { advanced: { ipAddress } }) ?? direct;
}
