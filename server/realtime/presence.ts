import { z } from 'zod';
import type { Presence } from '#core/events.ts';
import { foldCounters } from '#db/queries/counter.ts';
import { renewLeases, shortenLeases, sweepLeases } from '#db/queries/lease.ts';
import { holdReviewItems, REVIEW_HOLD_SECONDS } from '#db/queries/review.ts';
import type { Actor, Services } from '../context.ts';
import { projectRoom } from './sockets.ts';
import { GRACE_SECONDS, LEASE_SECONDS } from '../services/labeling/lease-time.ts';
import type { PupilServer, PupilSocket, SocketHooks } from './sockets.ts';

/** Changes within this time go out as one message. */
const SETTLE_MS = 150;
/** Added for each person present, so that a crowd is told in full but seldom. */
const SETTLE_MS_EACH = 20;
const place = z.object({ page: z.enum(['label', 'review', 'grid', 'gallery', 'runs', 'other']), imageId: z.uuid().nullable() });
/** Pages that hold images. Coming back to any other page is no sign that somebody still works on what they held. */
const WORK_PAGES: ReadonlySet<Presence['page']> = new Set(['label', 'review', 'grid']);
const SWEEP_MS = 5000;
/** Sweeps between two folds of the counters. */
const FOLD_EVERY = 6;

/**
 * Who is on a project's pages now, kept in memory only and told to everybody on them. It also bounds what people hold: when the last
 * window of a member closes, their leases and review items end 20 s later, unless a page that works on them comes back
 * (its presence, and its regular renewal, lengthen them again). That time stands in the database, so it passes even if this process dies.
 */
export function createPresence(services: Services) {
  const projects = new Map<string, Map<string, Presence>>();
  const dirty = new Set<string>();
  let io: PupilServer | null = null;
  let timer: NodeJS.Timeout | null = null;
  let sweeper: NodeJS.Timeout | null = null;
  let sweeps = 0;
  let sweeping: Promise<void> = Promise.resolve();

  const attempt = (what: string, work: () => Promise<unknown>): Promise<void> =>
    work().then(() => undefined, (error: unknown) => services.log.warn({ err: error }, what));
  const sweep = (): void => {
    sweeps += 1;
    sweeping = attempt('leases could not be swept', async () => {
      await sweepLeases(services.db);
      if (sweeps % FOLD_EVERY === 0) await foldCounters(services.db);
    });
  };
  const hold = (projectId: string, memberId: string): Promise<void> => attempt('leases could not be renewed', async () => {
    await renewLeases(services.db, { projectId, memberId, seconds: LEASE_SECONDS });
    await holdReviewItems(services.db, { projectId, memberId, seconds: REVIEW_HOLD_SECONDS });
  });
  const letGo = (projectId: string, memberId: string): Promise<void> => attempt('leases could not be shortened', async () => {
    await shortenLeases(services.db, { projectId, memberId, seconds: GRACE_SECONDS });
    await holdReviewItems(services.db, { projectId, memberId, seconds: GRACE_SECONDS });
  });

  const tell = (): void => {
    timer = null;
    for (const projectId of dirty) io?.to(projectRoom(projectId)).emit('presence', projectId, listPresent(projectId));
    dirty.clear();
  };
  const touch = (projectId: string): void => {
    dirty.add(projectId);
    timer ??= setTimeout(tell, SETTLE_MS + SETTLE_MS_EACH * (projects.get(projectId)?.size ?? 0));
  };
  /** One entry a member, however many windows are open; the newest window wins. */
  const listPresent = (projectId: string): Presence[] => [
    ...new Map([...(projects.get(projectId)?.values() ?? [])].map((item) => [item.memberId, item])).values(),
  ];
  const set = (socket: PupilSocket, projectId: string, actor: Actor, page: Presence['page'], imageId: string | null): void => {
    const present = projects.get(projectId) ?? new Map<string, Presence>();
    projects.set(projectId, present);
    present.delete(socket.id);
    present.set(socket.id, { memberId: actor.memberId, userId: actor.userId, name: actor.name, page, imageId });
    touch(projectId);
  };

  const hooks: SocketHooks = {
    attach(socket) {
      socket.on('presence:set', (projectId, page, imageId) => {
        const parsed = place.safeParse({ page, imageId });
        const actor = socket.data.actors.get(projectId);
        if (!actor || !parsed.success) return;
        const before = projects.get(projectId)?.get(socket.id)?.page;
        set(socket, projectId, actor, parsed.data.page, parsed.data.imageId);
        if (WORK_PAGES.has(parsed.data.page) && parsed.data.page !== before) void hold(projectId, actor.memberId);
      });
    },
    joined: (socket, projectId, actor) => set(socket, projectId, actor, 'other', null),
    left(socket, projectId, actor) {
      const present = projects.get(projectId);
      present?.delete(socket.id);
      if (present?.size === 0) projects.delete(projectId);
      touch(projectId);
      const stays = [...(present?.values() ?? [])].some((item) => item.memberId === actor.memberId);
      if (!stays) void letGo(projectId, actor.memberId);
    },
  };

  return {
    hooks,
    listPresent,
    start(server: PupilServer): void {
      io = server;
      sweeper = setInterval(sweep, SWEEP_MS);
    },
    async stop(): Promise<void> {
      if (timer) clearTimeout(timer);
      if (sweeper) clearInterval(sweeper);
      await sweeping;
    },
  };
}
