import { createServer, request } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { AppError, ERROR_CODES } from '#core/errors.ts';
import { receiveCall, watchReader, watchStall } from './body.ts';
import { boundConnections } from './connections.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

const receiver = (deadlineMs?: number) =>
  createServer((req, res) => {
    receiveCall(req, 1000, deadlineMs).then(
      (body) => res.end(`${body.length}`),
      (error: AppError) => res.writeHead(error.status, { connection: 'close' }).end(error.code),
    );
  });

/** Sends the head of a POST and then these pieces, and stays; what comes back until the end. */
const send = (port: number, head: string, ...pieces: string[]): Promise<string> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    let told = '';
    socket.on('data', (chunk) => (told += chunk));
    socket.on('close', () => done(told));
    socket.on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
    for (const piece of pieces) socket.write(piece);
  });

describe('OPS-44 the body of a call', () => {
  it('is read whole up to its limit', async () => {
    const port = await listen(receiver());
    const text = await new Promise<string>((done) => {
      request({ port, method: 'POST', agent: false }, (res) => res.on('data', (chunk) => done(String(chunk)))).end(
        'x'.repeat(1000),
      );
    });
    expect(text).toBe('1000');
  });

  it('that is larger is refused at its head, or where it grows too large', async () => {
    const port = await listen(receiver());
    expect(await send(port, 'content-length: 1001')).toContain('413');
    const chunk = `200\r\n${'x'.repeat(512)}\r\n`;
    expect(await send(port, 'transfer-encoding: chunked', chunk, chunk)).toContain('413');
  });

  it('that never ends is refused at its deadline, and its connection closed', async () => {
    const port = await listen(receiver(50));
    expect(await send(port, 'content-length: 1000', 'x')).toContain('TOO_SLOW');
    // An outbox gives up what is refused as input: a decision on a slow line must not be.
    expect(ERROR_CODES.TOO_SLOW.retryable).toBe(true);
  });
});

it('OPS-44 an upload that drips is ended, one that comes is not', async () => {
  const port = await listen(
    createServer((req, res) => {
      const end = watchStall(req, { ms: 100, bytes: 1000 });
      req.resume();
      req.on('end', () => res.end('whole'));
      req.on('error', () => undefined);
      req.on('close', end);
    }),
  );
  expect(await send(port, 'content-length: 2', 'x')).toBe('');
  const text = await new Promise<string>((done) => {
    const req = request({ port, method: 'POST', agent: false }, (res) =>
      res.on('data', (chunk) => done(String(chunk))),
    );
    let sent = 0;
    const timer = setInterval(() => {
      req.write('x'.repeat(2000));
      sent += 1;
      if (sent < 15) return;
      clearInterval(timer);
      req.end();
    }, 20);
  });
  expect(text).toBe('whole');
});

it('OPS-44 a download that nobody reads is ended, one that is read slowly is not', async () => {
  const bytes = 24 * 2 ** 20;
  let closed = 0;
  const port = await listen(
    createServer((_req, res) => {
      const end = watchReader(res, 2000);
      res.on('close', () => {
        closed += 1;
        end();
      });
      pipeline(Readable.from(Array.from({ length: 384 }, () => Buffer.alloc(2 ** 16))), res).catch(() => undefined);
    }),
  );
  const idle = connect(port, '127.0.0.1', () => idle.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
  idle.pause();
  idle.on('error', () => undefined);
  await expect.poll(() => closed, { timeout: 20_000 }).toBe(1);
  idle.destroy();
  const read = await new Promise<number>((done, failed) => {
    request({ port, agent: false }, (res) => {
      let seen = 0;
      res.on('data', (chunk: Buffer) => {
        seen += chunk.length;
        res.pause();
        setTimeout(() => res.resume(), 2);
      });
      res.on('end', () => done(seen));
      res.on('error', failed);
    }).end();
  });
  expect(read).toBe(bytes);
}, 40_000);

it('OPS-44 an address may hold so many connections; a trusted proxy speaks for many', async () => {
  for (const [isProxy, held] of [
    [false, 3],
    [true, 6],
  ] as const) {
    const server = createServer((_req, res) => res.end());
    boundConnections(server, () => isProxy, { perAddress: 3, inAll: 100 });
    const port = await listen(server);
    const open = new Set<Socket>();
    for (let index = 0; index < 6; index += 1) {
      const socket = connect(port, '127.0.0.1');
      open.add(socket);
      socket.on('close', () => open.delete(socket));
      socket.on('error', () => undefined);
    }
    await expect.poll(() => open.size).toBe(held);
    const [first] = open;
    first?.destroy();
    if (!isProxy) {
      await expect.poll(() => open.size).toBe(2);
      const again = await new Promise((done) => {
        request({ port, agent: false }, (res) => done(res.statusCode))
          .on('error', done)
          .end();
      });
      expect(again).toBe(200);
    }
    for (const socket of open) socket.destroy();
  }
});
