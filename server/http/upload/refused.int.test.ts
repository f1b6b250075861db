import { randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

import { insertImport, setImport } from '#db/queries/image/image.ts';
import { openAccessBench } from '../../testing/access.ts';
import type { AccessBench } from '../../testing/access.ts';

const MEGABYTE = 2 ** 20;

let test: AccessBench;
beforeAll(async () => {
  test = await openAccessBench();
});
afterAll(() => test.close());

async function openImport(status: 'running' | 'ended') {
  const { db } = test.services;
  const { projectId } = test.places;
  const { id } = await insertImport(db, { projectId, createdBy: test.people.lead.memberId, name: 'set' });
  await setImport(db, id, { status });
  return `/api/projects/${projectId}/imports/${id}/file?name=set&kind=`;
}

function put(path: string, body: ReadableStream): Promise<Response> {
  // A body that is made as it is sent; the types of fetch do not know the word.
  const init: RequestInit & { duplex: 'half' } = {
    method: 'PUT',
    headers: { authorization: `Bearer ${test.people.lead.token}` },
    body,
    duplex: 'half',
  };
  return fetch(`${test.origin}${path}`, init);
}

/** Sends as programs and browsers do that read the answer when all has been sent. */
function sendWhole(path: string, megabytes: number, token = test.people.lead.token): Promise<string> {
  const { port, host } = new URL(test.origin);
  const socket = connect(Number(port), '127.0.0.1');
  return new Promise((done, failed) => {
    let told = '';
    socket.pause();
    socket.on('data', (chunk) => (told += String(chunk)));
    socket.once('close', () => done(told));
    socket.once('error', failed);
    socket.write(
      `PUT ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-length: ${megabytes * MEGABYTE}\r\n` +
        `authorization: Bearer ${token}\r\n\r\n`,
    );
    const sendNext = (left: number): void => {
      if (left === 0) return void socket.resume();
      socket.write(Buffer.alloc(MEGABYTE), () => sendNext(left - 1));
    };
    sendNext(megabytes);
  });
}

it('IMAGE-38 an upload into an import that has ended is told so, though it reads when all is sent', async () => {
  const path = await openImport('ended');
  for (const kind of ['zip', 'images']) {
    const told = await sendWhole(`${path}${kind}`, 20);
    expect(told).toContain('HTTP/1.1 409');
    expect(told).toContain('has ended');
  }
});

it('IMAGE-38 whoever is not signed in any more is told so, not that the connection broke', async () => {
  const told = await sendWhole(`${await openImport('running')}zip`, 20, `pupil_${randomUUID()}`);
  expect(told).toContain('HTTP/1.1 401');
  expect(told).toContain('Sign in');
});

it('IMAGE-38 what grows too large without having said so is told where it does', async () => {
  const chunk = new Uint8Array(MEGABYTE);
  let left = 80;
  const body = new ReadableStream({
    pull: (stream) => (left-- > 0 ? stream.enqueue(chunk) : stream.close()),
  });
  const answer = await put(`${await openImport('running')}image`, body);
  expect([answer.status, await answer.json()]).toEqual([
    413,
    expect.objectContaining({ message: expect.stringContaining('larger than 64 MiB') as string }),
  ]);
});

it('IMAGE-38 a zip that says it is too large is refused before it comes, and its sender not waited for', async () => {
  const path = await openImport('running');
  const socket = connect(Number(new URL(test.origin).port), '127.0.0.1');
  let told = '';
  socket.on('data', (chunk) => (told += String(chunk)));
  socket.on('error', () => undefined);
  const closed = new Promise((done) => socket.once('close', done));
  socket.write(
    `PUT ${path}zip HTTP/1.1\r\nhost: ${new URL(test.origin).host}\r\ncontent-length: ${9 * 2 ** 30}\r\n` +
      `authorization: Bearer ${test.people.lead.token}\r\n\r\nPK`,
  );
  await expect.poll(() => told, { timeout: 5000 }).toContain('8,192 MiB');
  expect(told).toContain('413');
  // It goes on sending all the same.
  for (let sent = 0; !socket.destroyed && sent < 400; sent += 1) {
    socket.write(Buffer.alloc(MEGABYTE));
    await wait(1);
  }
  await closed;
});
