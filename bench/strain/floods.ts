import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import sharp from 'sharp';
import { io as dial } from 'socket.io-client';
import { startProduct } from '../product.ts';
import type { Product } from '../product.ts';

const MEGABYTE = 2 ** 20;

/** Runs `work` and says how long it took, ms. */
async function time(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** The longest answer to `ask`, sent again and again while `flood` lasts, ms. */
async function worstDuring(ask: () => Promise<unknown>, flood: () => Promise<unknown>): Promise<number> {
  const state = { over: false };
  const flooding = flood().finally(() => (state.over = true));
  let worst = 0;
  while (!state.over) worst = Math.max(worst, await time(ask));
  await flooding;
  return worst;
}

/** POSTs that announce 40 MB, send them but for the last byte, and stay. Tells how many were closed within `ms`. */
async function leaveUnfinished(product: Product, path: string, count: number, ms: number): Promise<number> {
  const { host, hostname, port } = new URL(product.url);
  const size = 40 * 1e6;
  let closed = 0;
  const sockets = Array.from({ length: count }, () => {
    const socket = connect({ host: hostname, port: Number(port) });
    socket.on('error', () => undefined);
    socket.on('close', () => (closed += 1));
    socket.resume();
    socket.write(
      `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${size}\r\n\r\n`,
    );
    socket.write(Buffer.alloc(size - 1, 32));
    return socket;
  });
  await wait(ms);
  for (const socket of sockets) socket.destroy();
  return closed;
}

const post = (product: Product, path: string, body: unknown): Promise<number> =>
  fetch(`${product.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: product.url },
    body: JSON.stringify(body),
  }).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status;
    },
    () => 0,
  );

/** How often each status came, such as `429 × 33`. */
const tally = (statuses: readonly number[]): string =>
  [...new Set(statuses)]
    .sort()
    .map((status) => `${status} × ${statuses.filter((other) => other === status).length}`)
    .join(', ');

/** A project with one photograph; its address. */
async function makeImage(product: Product, owner: { organizationId: string; cookie: string }) {
  const { organizationId, cookie } = owner;
  const { projectId } = await product.call<{ projectId: string }>(cookie, 'project.create', {
    organizationId,
    name: 'Floods',
    classes: ['a', 'b'],
  });
  const body = await sharp({ create: { width: 900, height: 600, channels: 3, background: '#57a' } })
    .png()
    .toBuffer();
  await upload(product, cookie, projectId, [new Uint8Array(body)]);
  const page = await product.call<{ images: { id: string }[] }>(cookie, 'label.claim', { projectId, count: 1 });
  return { projectId, path: `/media/projects/${projectId}/images/${page.images[0]?.id}` };
}

async function upload(product: Product, cookie: string, projectId: string, files: readonly Uint8Array<ArrayBuffer>[]) {
  const started = await product.call<{ id: string }>(cookie, 'image.startImport', {
    projectId,
    name: 'f',
    total: null,
  });
  return Promise.all(
    files.map(async (body, index) => {
      const path = `/api/projects/${projectId}/imports/${started.id}/file?name=${index}.png&kind=image`;
      const answer = await fetch(`${product.url}${path}`, { method: 'PUT', headers: { cookie }, body });
      return answer.status;
    }),
  );
}

/** What a stranger, and a member, can do to everybody else by sending much: `npm run bench -- floods`. */
export async function run(): Promise<void> {
  const product = await startProduct();
  try {
    const owner = await product.createOwner();
    const { projectId, path } = await makeImage(product, owner);
    const image = () =>
      fetch(`${product.url}${path}`, { headers: { cookie: owner.cookie } }).then((answer) => answer.arrayBuffer());
    await image();
    const row = (what: string, figure: string): void => console.log(`| ${what} | ${figure} |`);
    row('what', 'figure');
    row('---', '---');
    const megabytes = (bytes: number): string => `${Math.round(bytes / MEGABYTE)} MB`;

    for (const target of ['/api/auth/sign-in/email', '/api/trpc/people.acceptInvitation']) {
      const before = product.memory();
      const memory = product.watchMemory();
      const closed = await leaveUnfinished(product, target, 10, 20_000);
      row(
        `10 unfinished POSTs of 40 MB to ${target}`,
        `${megabytes(before)} → ${megabytes(memory())}, ${closed} closed`,
      );
    }

    const signIns: number[] = [];
    const duringSignIns = await worstDuring(image, async () => {
      const tries = Array.from({ length: 60 }, (_, index) =>
        post(product, '/api/auth/sign-in/email', {
          email: `nobody-${index}@example.test`,
          password: 'not the password',
        }),
      );
      signIns.push(...(await Promise.all(tries)));
    });
    row('slowest image during 60 sign-ins at once', `${Math.round(duringSignIns)} ms (${tally(signIns)})`);

    const invited = await product.call<{ path: string }>(owner.cookie, 'people.invite', {
      organizationId: owner.organizationId,
      role: 'annotator',
      uses: 500,
      days: 1,
    });
    const token = invited.path.split('/').pop();
    const batch = Object.fromEntries(
      Array.from({ length: 150 }, (_, index) => [
        index,
        { json: { token, person: { name: 'x', email: 'owner@example.test', password: `a long password ${index}` } } },
      ]),
    );
    const names = Array.from({ length: 150 }, () => 'people.acceptInvitation').join(',');
    let status = 0;
    const batchMs = await time(async () => (status = await post(product, `/api/trpc/${names}?batch=1`, batch)));
    row('one batch of 150 people.acceptInvitation', `${Math.round(batchMs)} ms (HTTP ${status})`);

    const flooder = dial(product.url, { transports: ['websocket'], extraHeaders: { cookie: owner.cookie } });
    await new Promise((done) => flooder.once('connect', () => done(null)));
    await flooder.emitWithAck('project:join', projectId);
    const claim = () => product.call(owner.cookie, 'label.claim', { projectId, count: 1 });
    const duringPresence = await worstDuring(claim, async () => {
      for (let index = 0; index < 1500; index += 1)
        flooder.emit('presence:set', projectId, index % 2 ? 'label' : 'gallery', null);
      await wait(3000);
    });
    flooder.disconnect();
    row('slowest claim during 1,500 presence messages', `${Math.round(duringPresence)} ms`);

    const wide = new Uint8Array(
      await sharp({
        create: { width: 49_000_000, height: 1, channels: 3, background: '#000' },
        limitInputPixels: false,
      })
        .png()
        .toBuffer(),
    );
    const before = product.memory();
    const memory = product.watchMemory();
    const statuses = await upload(product, owner.cookie, projectId, [wide, wide, wide, wide]);
    row('four PNGs of 49,000,000 × 1', `${megabytes(before)} → ${megabytes(memory())} (${tally(statuses)})`);
  } finally {
    await product.stop();
  }
}
