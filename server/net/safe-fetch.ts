import { lookup as dnsLookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError } from '#core/errors.ts';
import { isPublicAddress } from './addresses.ts';

/** One sentence for every reason: the answer must not tell what stands in the inner network. */
export const REFUSED = 'This address cannot be reached. Give a public http or https address.';
const TIMEOUT_MS = 15_000;

export type Resolve = (host: string) => Promise<{ address: string; family: number }[]>;

export interface SafeFetchOptions {
  method?: 'GET' | 'POST';
  headers?: Record<string, string>;
  body?: string;
  /** Largest answer that is read, bytes. */
  maxBytes: number;
  redirects?: number;
  /** From the first byte sent to the last one read, ms; a minute unless told. */
  deadlineMs?: number;
  resolve?: Resolve;
  isAllowed?: (address: string) => boolean;
}

export interface SafeAnswer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

const resolveAll: Resolve = (host) => dnsLookup(host, { all: true, verbatim: true });

/**
 * Fetches an address that a person gave us: the name is resolved once, every address it has must be public, the
 * connection goes to the address that was checked, and each redirect is checked anew. @throws AppError BAD_INPUT with
 * one sentence, TOO_LARGE
 */
export async function safeFetch(target: string, options: SafeFetchOptions): Promise<SafeAnswer> {
  let url = parse(target);
  for (let left = options.redirects ?? 0; ; left -= 1) {
    const answer = await fetchOnce(url, options);
    const { location } = answer.headers;
    if (answer.status < 300 || answer.status >= 400 || !location) return answer;
    if (left <= 0) throw new AppError('BAD_INPUT', REFUSED);
    url = parse(location, url);
  }
}

function parse(target: string, base?: URL): URL {
  if (!URL.canParse(target, base)) throw new AppError('BAD_INPUT', REFUSED);
  const url = new URL(target, base);
  if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    throw new AppError('BAD_INPUT', REFUSED);
  return url;
}

async function fetchOnce(url: URL, options: SafeFetchOptions): Promise<SafeAnswer> {
  const { address, family } = await resolveSafely(url, options);
  const pinned: LookupFunction = (_host, lookupOptions, done) => {
    if (lookupOptions.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  return new Promise((resolve, reject) => {
    const refuse = (error: unknown): void =>
      reject(error instanceof AppError ? error : new AppError('BAD_INPUT', REFUSED, { cause: error }));
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const req = send(
      url,
      {
        method: options.method ?? 'GET',
        headers: { 'user-agent': 'Pupil', ...options.headers },
        lookup: pinned,
        timeout: TIMEOUT_MS,
        agent: false,
        signal: AbortSignal.timeout(options.deadlineMs ?? TIMEOUT_MS * 4),
      },
      (res) => {
        readBounded(res, options.maxBytes).then(
          (body) => resolve({ status: res.statusCode ?? 0, headers: res.headers, body }),
          refuse,
        );
      },
    );
    req.on('timeout', () => req.destroy(new Error('timed out')));
    req.on('error', refuse);
    req.end(options.body);
  });
}

async function resolveSafely(url: URL, options: SafeFetchOptions): Promise<{ address: string; family: number }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = await (options.resolve ?? resolveAll)(host).catch((error: unknown) => {
    throw new AppError('BAD_INPUT', REFUSED, { cause: error });
  });
  const isAllowed = options.isAllowed ?? isPublicAddress;
  const [first] = found;
  if (!first || found.some(({ address }) => !isAllowed(address))) throw new AppError('BAD_INPUT', REFUSED);
  return first;
}

async function readBounded(res: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let seen = 0;
  for await (const chunk of res) {
    seen += (chunk as Buffer).length;
    if (seen > maxBytes) {
      res.destroy();
      throw new AppError('TOO_LARGE', `The answer is larger than ${Math.round(maxBytes / 2 ** 20)} MiB.`);
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
