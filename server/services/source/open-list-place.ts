import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { decodeText } from '#core/formats/decode-text.ts';
import { readUrlList } from '#core/formats/read-text.ts';
import type { ImportedRow, ImportProblem } from '#core/formats/types.ts';
import { labelOf } from '#core/proposal/label-book.ts';
import { SOURCE_LIMITS } from '#core/source/source.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { safeFetch } from '../../net/safe-fetch.ts';
import type { SafeAnswer } from '../../net/safe-fetch.ts';
import { nameOfAddress } from '../import/import-labels.ts';
import { openRows } from '../import/read-aside.ts';
import type { OpenPlace, SourceNet } from './place.ts';

const NO_ADDRESS = say('file.noAddress');

/** Problems that are told with their lines. */
const TOLD = 20;
const DEADLINE_MS = 120_000;

/** Addresses that a list at an address names; a table (CSV, JSON) says classes, splits and tags beside them. */
export function openListPlace(url: string, net: SourceNet): OpenPlace {
  let problems: ImportProblem[] = [];
  return {
    async *list() {
      const read = await readList(url, net);
      problems = read.problems;
      for (const [address, rows] of byAddress(read.rows))
        yield { key: address, name: nameOfAddress(address), size: 0, mark: '', said: labelOf(rows) };
    },
    async get(address, maxBytes) {
      const { status, body } = await safeFetch(address, { ...net, maxBytes, redirects: 3 });
      if (status !== 200) throw new AppError(codeOf(status), say('refusal.addressAnswered', { status }));
      return body;
    },
    nameOf: nameOfAddress,
    hostOf: (address) => new URL(address).host,
    problems: () => ({ some: problems.slice(0, TOLD), count: problems.length }),
    close: () => undefined,
  };
}

/** A server or the one before it that has too much to do, or is away. */
const AWAY = new Set([429, 502, 503, 504]);
const codeOf = (status: number) => (AWAY.has(status) ? 'UNAVAILABLE' : 'BAD_INPUT');

/** Rows of one address together, addresses in the order of the list. */
function byAddress(rows: readonly ImportedRow[]): Map<string, ImportedRow[]> {
  const found = new Map<string, ImportedRow[]>();
  for (const row of rows) {
    const own = found.get(row.source);
    if (own) own.push(row);
    else found.set(row.source, [row]);
  }
  return found;
}

async function readList(url: string, net: SourceNet): Promise<{ rows: ImportedRow[]; problems: ImportProblem[] }> {
  const answer = await safeFetch(url, {
    ...net,
    maxBytes: SOURCE_LIMITS.listBytes,
    redirects: 3,
    deadlineMs: DEADLINE_MS,
  }).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'TOO_LARGE')
      throw new AppError('TOO_LARGE', say('refusal.listLarge'));
    const code = error instanceof AppError ? error.code : 'UNAVAILABLE';
    throw new AppError(code, say('refusal.listUnreached'), {
      cause: error,
    });
  });
  if (answer.status !== 200)
    throw new AppError(codeOf(answer.status), say('refusal.listAnswered', { status: answer.status }));
  const { rows, problems } = isTable(url, answer)
    ? await readTable(url, answer.body)
    : readUrlList(decodeText(answer.body).text);
  if (rows.length > SOURCE_LIMITS.objects)
    throw new AppError('TOO_LARGE', say('refusal.listMany', { most: SOURCE_LIMITS.objects }));
  if (rows.length === 0 && problems[0])
    throw new AppError(
      'BAD_INPUT',
      say('refusal.listNone', { where: problems[0].where, why: problems[0].said ?? problems[0].message }),
    );
  return { rows, problems };
}

/** Does it say more of an address than the address? */
const isTable = (url: string, { headers }: Pick<SafeAnswer, 'headers'>): boolean =>
  /\.(?:csv|tsv|jsonl?)$/iu.test(new URL(url).pathname) ||
  /\b(?:csv|json|tab-separated)/iu.test(headers['content-type'] ?? '');

async function readTable(url: string, bytes: Buffer) {
  const read = await openRows(nameOfAddress(url), bytes);
  try {
    const problems = [...read.problems];
    for await (const rows of read.pieces)
      for (const { source } of rows)
        problems.push({ where: source.slice(0, 100), message: inEnglish(NO_ADDRESS), said: NO_ADDRESS });
    return { rows: read.addresses, problems };
  } finally {
    read.close();
  }
}
