import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isPublicAddress } from './addresses.ts';
import type { AppError } from '#core/errors.ts';
import { isUnreached, safeFetch } from './safe-fetch.ts';

let port = 0;
let asked: string[] = [];
const server = createServer((req, res) => {
  asked.push(`${req.headers.host}${req.url}`);
  if (req.url === '/inside') res.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end();
  else if (req.url === '/moved') res.writeHead(302, { location: '/here' }).end();
  else if (req.url === '/broken') {
    res.writeHead(200, { 'content-length': 100 }).write('half');
    setTimeout(() => res.destroy(), 20);
  } else if (req.url === '/large') res.end(Buffer.alloc(5000));
  else res.end('hello');
});
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => server.close());

/** The test server stands on loopback: only these tests may reach it, and only under this name. */
const local = {
  maxBytes: 1000,
  resolve: async (host: string) => [{ address: host === 'images.test' ? '127.0.0.1' : host, family: 4 }],
  isAllowed: (address: string) => address === '127.0.0.1',
};

describe('an address given by a person', () => {
  it.each([
    '127.0.0.1',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fc00::1',
    'fd12:3456::1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '64:ff9b::7f00:1',
    '2001:db8::1',
    '2002:7f00:1::',
    'not an address',
  ])('FORMAT-1 is not public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  it.each(['1.1.1.1', '172.32.0.1', '2606:4700:4700::1111'])('FORMAT-1 is public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://[::1]/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::ffff:7f00:1]/',
    'file:///etc/passwd',
    'ftp://example.com/',
    'http://user:secret@example.com/',
    'nonsense',
  ])('FORMAT-1 is refused with the one sentence: %s', async (url) => {
    await expect(safeFetch(url, { maxBytes: 1000 })).rejects.toMatchObject({
      code: 'BAD_INPUT',
      message: expect.stringContaining('cannot be reached'),
    });
  });

  it('FORMAT-1 is refused when any of its addresses is private, so that DNS cannot rebind it', async () => {
    const resolve = async () => [
      { address: '1.1.1.1', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    await expect(safeFetch('http://rebind.test/', { maxBytes: 1000, resolve })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
  });

  it('FORMAT-1 is connected to at the address that was checked', async () => {
    asked = [];
    const answer = await safeFetch(`http://images.test:${port}/a.png`, local);
    expect(answer.body.toString()).toBe('hello');
    expect(asked).toEqual([`images.test:${port}/a.png`]);
  });

  it('FORMAT-1 is checked again at every redirect', async () => {
    expect((await safeFetch(`http://images.test:${port}/moved`, { ...local, redirects: 1 })).body.toString()).toBe(
      'hello',
    );
    await expect(safeFetch(`http://images.test:${port}/inside`, { ...local, redirects: 3 })).rejects.toMatchObject({
      code: 'BAD_INPUT',
    });
    await expect(safeFetch(`http://images.test:${port}/moved`, local)).rejects.toMatchObject({ code: 'BAD_INPUT' });
  });

  it.each([
    ['nothing listens', async () => [{ address: '127.0.0.1', family: 4 }], ':1/'],
    ['it breaks in the middle', local.resolve, '/broken'],
    ['names cannot be asked', () => Promise.reject(Object.assign(new Error('no'), { code: 'EAI_AGAIN' })), '/'],
  ])('FORMAT-1 SOURCE-11 may be tried later where %s', async (_why, resolve, way) => {
    const at = way.startsWith(':') ? way : `:${port}${way}`;
    const failed = safeFetch(`http://images.test${at}`, { ...local, resolve });
    await expect(failed).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('does not answer') as string,
    });
    expect(await failed.catch(isUnreached)).toBe(true);
  });

  it('FORMAT-1 is told alike where its name is not there and where it lies inside', async () => {
    const resolve = () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' }));
    const none = await safeFetch('http://images.test/', { ...local, resolve }).catch((error: unknown) => error);
    const inside = await safeFetch('http://10.0.0.1/', local).catch((error: unknown) => error);
    const told = (error: unknown) => [(error as AppError).code, (error as AppError).message];
    expect(told(none)).toEqual(told(inside));
  });

  it('FORMAT-1 may not answer without end', async () => {
    await expect(safeFetch(`http://images.test:${port}/large`, local)).rejects.toMatchObject({ code: 'TOO_LARGE' });
  });
});
