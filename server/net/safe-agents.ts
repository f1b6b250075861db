import { lookup as dnsLookup } from 'node:dns/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { AppError } from '#core/errors.ts';
import { isPublicAddress } from './addresses.ts';
import { REFUSED, unresolved } from './safe-fetch.ts';
import type { Resolve } from './safe-fetch.ts';

export interface SafeAgentOptions {
  resolve?: Resolve;
  isAllowed?: (address: string) => boolean;
}

/**
 * Agents for a client library that opens connections by itself, under the rule of `safeFetch`: a connection goes to an
 * address that was checked when its name was resolved, and a name with any address that is not allowed is refused.
 */
export function makeSafeAgents(options: SafeAgentOptions = {}): { http: HttpAgent; https: HttpsAgent } {
  const isAllowed = options.isAllowed ?? isPublicAddress;
  const resolve: Resolve = options.resolve ?? ((host) => dnsLookup(host, { all: true, verbatim: true }));
  const lookup: LookupFunction = (host, { all }, done) => {
    const refuse = (error: AppError): void => done(error, []);
    resolve(host).then(
      (found) => {
        const [first] = found;
        if (!first || found.some(({ address }) => !isAllowed(address))) refuse(new AppError('BAD_INPUT', REFUSED));
        else if (all) done(null, found);
        else done(null, first.address, first.family);
      },
      (error: unknown) => refuse(unresolved(error)),
    );
  };
  return {
    http: new HttpAgent({ lookup, maxSockets: 16, keepAlive: true }),
    https: new HttpsAgent({ lookup, maxSockets: 16, keepAlive: true }),
  };
}

/**
 * Refuses an address in its written form: a number is connected to without being looked up. @throws AppError BAD_INPUT
 */
export function checkEndpoint(endpoint: string, { isAllowed = isPublicAddress }: SafeAgentOptions = {}): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol) || url.username || url.password || url.search || url.hash)
    throw new AppError('BAD_INPUT', REFUSED);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAllowed(host)) throw new AppError('BAD_INPUT', REFUSED);
}
