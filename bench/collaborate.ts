import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type { ClientToServerEvents, DomainEvent, ServerToClientEvents } from '#core/events.ts';
import { openDatabase } from '#db/client.ts';
import { createImages, createProject } from '#db/seed/factories.ts';
import { describe, machine, numberArg, summarise } from './database.ts';
import { startProduct } from './product.ts';
import type { Owner, Product } from './product.ts';

const HAND = 12;
const ARRIVE_MS = 15_000;

interface Person {
  cookie: string;
  socket: Socket<ServerToClientEvents, ClientToServerEvents>;
  /** Decisions heard of; a page is not told of which image. */
  heard: number;
}

/**
 * `npm run bench -- collaborate --members 200 --minutes 2 --think 1500`: that many people with real sockets and
 * sessions label one project against a production build on this machine, each deciding once per think time (ms; between
 * half and one and a half of it: one key an image, as a practised person labels easy classes). Times of claim and
 * submit as a browser sees them; decisions that a person who was there never heard of (lost) or heard twice; answers
 * in the database against those acknowledged.
 */
export async function run(args: string[]): Promise<void> {
  const members = numberArg(args, 'members', 50);
  const minutes = numberArg(args, 'minutes', 1);
  const think = numberArg(args, 'think', 1500);
  const product = await startProduct();
  try {
    const label = await gatherTeam(product, await product.createOwner(), { members, minutes, think });
    await label();
  } finally {
    await product.stop();
  }
}

/**
 * So many people with a project of their own, signed in and listening. What they then do when told to, labeling for so
 * long, prints what it took.
 */
export async function gatherTeam(
  product: Product,
  { organizationId, cookie: owner }: Owner,
  { members, minutes, think }: { members: number; minutes: number; think: number },
): Promise<() => Promise<void>> {
  const database = openDatabase(product.databaseUrl, { max: 2 });
  const { id: projectId, classes } = await createProject(database.db, {
    organizationId,
    classes: ['cat', 'dog', 'elk'],
  });
  await createImages(database.db, { projectId, count: members * Math.ceil((minutes * 60_000) / think) * 2 });
  await database.pool.query('vacuum analyze image');
  const cookies = await product.createMembers(owner, organizationId, members);

  const people: Person[] = [];
  for (const cookie of cookies) {
    const socket: Person['socket'] = io(product.url, {
      transports: ['websocket'],
      forceNew: true,
      extraHeaders: { cookie, origin: product.url },
    });
    const person: Person = { cookie, socket, heard: 0 };
    const hear = (event: DomainEvent): void => {
      if (event.name === 'annotation:submitted') person.heard += 1;
    };
    socket.on('event', hear);
    socket.on('events', (events) => events.forEach(hear));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', () =>
        socket.emit('project:join', projectId, (ok) => (ok ? resolve() : reject(new Error('a join was refused')))),
      );
      socket.once('connect_error', reject);
    });
    people.push(person);
  }

  return async () => {
    /** A team opens its pages within so long, ms; every call is counted from the first on. */
    const arrive = Math.max(think, Math.min(ARRIVE_MS, minutes * 15_000));
    const claims: number[] = [];
    const submits: number[] = [];
    const acknowledged: string[] = [];
    const handed = new Map<string, number>();
    let failures = 0;
    const until = Date.now() + minutes * 60_000;
    const timed = async <T>(times: number[], work: () => Promise<T>): Promise<T> => {
      const started = performance.now();
      const value = await work();
      times.push(performance.now() - started);
      return value;
    };
    const label = async (person: Person): Promise<void> => {
      const hand: { id: string; token: number | null }[] = [];
      const known = new Set<string>();
      await sleep(Math.random() * arrive);
      while (Date.now() < until) {
        try {
          if (hand.length <= HAND / 2) {
            const { images } = await timed(claims, () =>
              product.call<{ images: { id: string; token: number | null }[] }>(person.cookie, 'label.claim', {
                projectId,
                count: HAND,
              }),
            );
            for (const image of images) {
              if (known.has(image.id)) continue;
              known.add(image.id);
              handed.set(image.id, (handed.get(image.id) ?? 0) + 1);
              hand.push(image);
            }
          }
          const image = hand.shift();
          if (!image) break;
          person.socket.emit('presence:set', projectId, 'label', image.id);
          const annotation = {
            id: randomUUID(),
            imageId: image.id,
            kind: 'decide',
            classId: classes[0]?.id,
            token: image.token,
            durationMs: think,
          };
          const [answer] = await timed(submits, () =>
            product.call<{ ok: boolean }[]>(person.cookie, 'label.submit', { projectId, annotations: [annotation] }),
          );
          if (answer?.ok) acknowledged.push(image.id);
          else failures += 1;
        } catch {
          failures += 1;
        }
        await sleep(think * (0.5 + Math.random()));
      }
    };
    const memory = product.watchMemory();
    await Promise.all(people.map((person) => label(person)));
    await sleep(2000);
    const decided = new Set(acknowledged);
    let lost = 0;
    let doubled = 0;
    for (const { heard } of people) {
      lost += Math.max(0, decided.size - heard);
      doubled += Math.max(0, heard - decided.size);
    }
    const stored = Number(
      (
        await database.pool.query<{ n: string }>('select count(*) as n from annotation where project_id = $1', [
          projectId,
        ])
      ).rows[0]?.n,
    );
    for (const { socket } of people) socket.close();
    await database.close();
    const twice = [...handed.values()].filter((n) => n > 1).length;
    console.log(machine());
    console.log(
      `${members} members, ${minutes} min, arriving within ${arrive / 1000} s, then each one decision per ` +
        `${think} ms on average (${(think / 2000).toFixed(2)}-${((think * 1.5) / 1000).toFixed(2)} s): ` +
        `${acknowledged.length} acknowledged, ${stored} stored, ${failures} failed calls`,
    );
    console.log(`next batch  ${describe(summarise(claims))}`);
    console.log(`submit      ${describe(summarise(submits))}`);
    console.log(
      `events lost ${lost}, doubled ${doubled}; images given to two people ${twice}; server memory at most ` +
        `${Math.round(memory() / 1e6)} MB`,
    );
    if (lost + doubled + twice > 0 || stored !== acknowledged.length) process.exitCode = 1;
  };
}
