import { lookup as dnsLookup } from 'node:dns/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { isPublicAddress } from './addresses.ts';

/** One sentence for every reason: the answer must not tell what stands in the inner network. */
export const REFUSED = say('refusal.address');
/** What an allowed address is told for where nothing answers: it says no more than anybody could find out. */
export const UNREACHED = say('refusal.addressSilent');
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
 * connection goes to the address that was checked, and each redirect is checked anew.
 * @throws AppError BAD_INPUT with one sentence for what no rule allows, UNAVAILABLE where the network or the other side
 * failed, so that trying later may help, TOO_LARGE
 */
export async function safeFetch(target: string, options: SafeFetchOptions): Promise<SafeAnswer> {
  const { response } = await openSafely(target, options);
  try {
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      body: await readBounded(response, options.maxBytes),
    };
  } catch (error) {
    throw refusal(error);
  }
}

/**
 * The same, up to the head of the last answer: whoever asks reads its body, and bounds it. `passed` has the headers of
 * every answer on the way, the last one's too.
 */
export async function openSafely(
  target: string,
  options: Omit<SafeFetchOptions, 'maxBytes'>,
): Promise<{ response: IncomingMessage; passed: IncomingHttpHeaders[] }> {
  let url = parse(target);
  const passed: IncomingHttpHeaders[] = [];
  for (let left = options.redirects ?? 0; ; left -= 1) {
    const response = await openOnce(url, options);
    const { statusCode = 0, headers } = response;
    passed.push(headers);
    if (statusCode < 300 || statusCode >= 400 || !headers.location) return { response, passed };
    response.destroy();
    if (left <= 0) throw new AppError('BAD_INPUT', REFUSED);
    url = parse(headers.location, url);
  }
}

/** Was it the network or a name that failed, and not a rule of ours? */
export const isUnreached = (error: unknown): boolean =>
  error instanceof AppError &&
  (error.said?.key === REFUSED.key || error.said?.key === UNREACHED.key) &&
  error.cause !== undefined;

const refusal = (error: unknown): AppError =>
  error instanceof AppError ? error : new AppError('UNAVAILABLE', UNREACHED, { cause: error });

/** Codes by which a resolver says that there is no such name. */
const NO_NAME = new Set(['ENOTFOUND', 'ENODATA', 'EAI_NONAME', 'EAI_NODATA']);

/**
 * A name that could not be resolved. One that does not exist is told like one that may not be reached: else it could be
 * found out which names the inner network has.
 */
export const unresolved = (cause: unknown): AppError =>
  NO_NAME.has(String((cause as { code?: unknown } | null)?.code))
    ? new AppError('BAD_INPUT', REFUSED, { cause })
    : new AppError('UNAVAILABLE', UNREACHED, { cause });

function parse(target: string, base?: URL): URL {
  if (!URL.canParse(target, base)) throw new AppError('BAD_INPUT', REFUSED);
  const url = new URL(target, base);
  if (!['http:', 'https:'].includes(url.protocol) || url.username || url.password)
    throw new AppError('BAD_INPUT', REFUSED);
  return url;
}

async function openOnce(url: URL, options: Omit<SafeFetchOptions, 'maxBytes'>): Promise<IncomingMessage> {
  const { address, family } = await resolveSafely(url, options);
  const pinned: LookupFunction = (_host, lookupOptions, done) => {
    if (lookupOptions.all) done(null, [{ address, family }]);
    else done(null, address, family);
  };
  return new Promise((resolve, reject) => {
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
      resolve,
    );
    req.on('timeout', () => req.destroy(new Error('timed out')));
    req.on('error', (error) => reject(refusal(error)));
    req.end(options.body);
  });
}

async function resolveSafely(
  url: URL,
  options: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'>,
): Promise<{ address: string; family: number }> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const found = await (options.resolve ?? resolveAll)(host).catch((error: unknown) => {
    throw unresolved(error);
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
      throw new AppError('TOO_LARGE', say('refusal.answerTooLarge', { mib: Math.round(maxBytes / 2 ** 20) }));
    }
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}
