import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '#core/math/random.ts';
import { download } from './download.ts';
import type { DownloadOptions } from './download.ts';

const BYTES = 300_000;
/** A connection breaks after so many bytes. */
const CUT = 100_000;

const random = createRandom(8);
const whole = Buffer.from(Uint8Array.from({ length: BYTES }, () => random.below(256)));
const other = Buffer.from(Uint8Array.from({ length: BYTES }, () => random.below(256)));
const hash = createHash('sha256').update(whole).digest('hex');

/** What was asked for: the first byte of each range, null for all. */
let asked: (string | null)[] = [];
let cuts = 0;
let folder = '';
let base = '';
/** How this test's server behaves. */
let answer: (req: IncomingMessage, res: ServerResponse) => void;

/** Sends from a place on, and breaks off while cuts are left. */
function send(res: ServerResponse, bytes: Buffer): void {
  if (cuts === 0) {
    res.end(bytes);
    return;
  }
  cuts -= 1;
  res.write(bytes.subarray(0, CUT), () => res.destroy());
}

const ranged =
  (file: () => Buffer, etag: () => string | undefined): typeof answer =>
  (req, res) => {
    const from = Number(/^bytes=(\d+)-$/.exec(req.headers.range ?? '')?.[1] ?? Number.NaN);
    asked.push(req.headers.range ?? null);
    const bytes = file();
    const tag = etag();
    const head = { 'content-length': bytes.length, ...(tag === undefined ? {} : { etag: tag }) };
    if (Number.isNaN(from) || req.headers['if-range'] !== tag) {
      res.writeHead(200, head);
      send(res, bytes);
      return;
    }
    const rest = bytes.subarray(from);
    res.writeHead(206, {
      ...head,
      'content-length': rest.length,
      'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
    });
    send(res, rest);
  };

const server = createServer((req, res) => answer(req, res));
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pupil-download-'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://models.test:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  asked = [];
  cuts = 0;
});

const get = (options: Partial<DownloadOptions> = {}, path = '/net.onnx') =>
  download(base + path, {
    maxBytes: 2 * BYTES,
    pauseMs: 1,
    resolve: async () => [{ address: '127.0.0.1', family: 4 }],
    isAllowed: (address) => address === '127.0.0.1',
    ...options,
  });

describe('BACKBONE-10 a download', () => {
  it('goes on where the connection broke, and tells how far it is', async () => {
    answer = ranged(
      () => whole,
      () => '"one"',
    );
    cuts = 2;
    const told: number[] = [];
    const { body } = await get({
      onProgress: (done, total) => {
        expect(total).toBe(BYTES);
        told.push(done);
      },
    });
    expect(body.equals(whole)).toBe(true);
    expect(asked[0]).toBeNull();
    expect(asked).toHaveLength(3);
    for (const range of asked.slice(1)) expect(range).toMatch(/^bytes=\d+-$/);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBe(BYTES);
  });

  it('begins anew where the file has changed meanwhile, or its server cannot tell', async () => {
    let turn = 0;
    answer = ranged(
      () => (turn++ === 0 ? other : whole),
      () => `"${Math.min(turn, 2)}"`,
    );
    cuts = 1;
    expect((await get()).body.equals(whole)).toBe(true);
    for (const tag of [undefined, 'W/"weak"']) {
      answer = ranged(
        () => whole,
        () => tag,
      );
      asked = [];
      cuts = 1;
      expect((await get()).body.equals(whole)).toBe(true);
      expect(asked).toEqual([null, null]);
    }
  });

  it('begins anew where a server sends another piece than the one asked for', async () => {
    let turn = 0;
    answer = (req, res) => {
      turn += 1;
      if (turn !== 2)
        return ranged(
          () => whole,
          () => '"one"',
        )(req, res);
      res.writeHead(206, { etag: '"one"', 'content-range': `bytes 0-9/${BYTES}`, 'content-length': 10 });
      return res.end(whole.subarray(0, 10));
    };
    cuts = 1;
    expect((await get()).body.equals(whole)).toBe(true);
  });

  it('gives up where each try brings a drip: a server could keep it busy for years', async () => {
    answer = (req, res) => {
      const from = Number(/^bytes=(\d+)-$/.exec(req.headers.range ?? '')?.[1] ?? 0);
      asked.push(req.headers.range ?? null);
      res.writeHead(from > 0 ? 206 : 200, {
        etag: '"one"',
        'content-length': BYTES - from,
        ...(from > 0 ? { 'content-range': `bytes ${from}-${BYTES - 1}/${BYTES}` } : {}),
      });
      res.write(whole.subarray(from, from + 1), () => res.destroy());
    };
    await expect(get()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(asked.length).toBeLessThan(10);
  });

  it('never puts a piece of another file behind what came, though its server ignores If-Range', async () => {
    const other = Buffer.alloc(BYTES, 7);
    let turn = 0;
    answer = (req, res) => {
      turn += 1;
      const from = Number(/^bytes=(\d+)-$/.exec(req.headers.range ?? '')?.[1] ?? 0);
      const bytes = turn === 1 ? whole : other;
      res.writeHead(from > 0 ? 206 : 200, {
        etag: turn === 1 ? '"one"' : '"two"',
        'content-length': BYTES - from,
        ...(from > 0 ? { 'content-range': `bytes ${from}-${BYTES - 1}/${BYTES}` } : {}),
      });
      send(res, bytes.subarray(from));
    };
    cuts = 1;
    expect((await get()).body.equals(other)).toBe(true);
  });

  it('that breaks again and again keeps what came, and the next call goes on from there', async () => {
    let isDead = false;
    answer = (req, res) => {
      if (isDead) {
        asked.push(req.headers.range ?? null);
        req.socket.destroy();
      } else {
        cuts = 1;
        ranged(
          () => whole,
          () => '"one"',
        )(req, res);
        isDead = true;
      }
    };
    await expect(get({ folder })).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringMatching(/broke again and again, after 0\.\d of 0\.3 MB\. .* goes on from there/),
    });
    expect(await readdir(folder)).toHaveLength(1);
    isDead = false;
    asked = [];
    answer = ranged(
      () => whole,
      () => '"one"',
    );
    expect((await get({ folder })).body.equals(whole)).toBe(true);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(/^bytes=[1-9]\d*-$/);
    expect(await readdir(folder)).toEqual([]);
  });

  it('refuses what is too large before it has come, and an answer that is none', async () => {
    answer = ranged(
      () => whole,
      () => '"one"',
    );
    await expect(get({ maxBytes: 1000 })).rejects.toMatchObject({ code: 'TOO_LARGE' });
    answer = (_req, res) => res.writeHead(404).end();
    await expect(get()).rejects.toThrow('answered 404');
    // Without a length it is counted as it comes.
    answer = (_req, res) => res.writeHead(200).end(whole);
    await expect(get({ maxBytes: 1000 })).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });

  it('tells the revision and the hash that a server names on the way to its store', async () => {
    const revision = 'a'.repeat(40);
    answer = (req, res) => {
      if (req.url === '/store')
        return ranged(
          () => whole,
          () => '"s"',
        )(req, res);
      res.writeHead(302, { location: '/store', 'x-repo-commit': revision, 'x-linked-etag': `"${hash}"` });
      return res.end();
    };
    expect(await get()).toMatchObject({ revision, sha256: hash });
    expect(await get({}, '/store')).toMatchObject({ revision: null, sha256: null });
  });
});
