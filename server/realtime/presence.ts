import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Presence, ServerEvent } from '#core/events.ts';
import { notifyServers } from '#db/notify.ts';
import { foldCounters } from '#db/queries/labeling/counter.ts';
import { renewLeases, shortenLeases, sweepLeases } from '#db/queries/labeling/lease.ts';
import { holdReviewItems, REVIEW_HOLD_SECONDS } from '#db/queries/review/review.ts';
import type { Actor, Services } from '../context.ts';
import { projectRoom } from './sockets.ts';
import { GRACE_SECONDS, LEASE_SECONDS } from '../services/labeling/lease-time.ts';
import type { PupilServer, PupilSocket, SocketHooks } from './sockets.ts';

/** Changes within this time go out as one message. */
const SETTLE_MS = 150;
/** Added for each person present, so that a crowd is told in full but seldom. */
const SETTLE_MS_EACH = 20;
const place = z.object({
  page: z.enum(['label', 'review', 'grid', 'gallery', 'runs', 'other']),
  imageId: z.uuid().nullable(),
});
/** Pages that hold images. Coming back to any other page is no sign that somebody still works on what they held. */
const WORK_PAGES: ReadonlySet<Presence['page']> = new Set(['label', 'review', 'grid']);
const SWEEP_MS = 5000;
/** Sweeps between two folds of the counters. */
const FOLD_EVERY = 6;

/**
 * Bytes of the windows told to the other servers in one message; with what stands around them below the 8,000 that
 * Postgres allows.
 */
const MESSAGE_BYTES = 7500;
/** Three signs of life missed: the server is gone. */
const SERVER_GONE_MS = 3 * SWEEP_MS + 1000;

/** Windows by project, then by socket. */
type Windows = Map<string, Map<string, Presence>>;

/**
 * Who is on a project's pages now, kept in memory only and told to everybody on them, and to the other servers of this
 * database. It also bounds what people hold: when the last window of a member closes, their leases and review items end
 * 20 s later, unless a page that works on them comes back (its presence, and its regular renewal, lengthen them again).
 * That time stands in the database, so it passes even if this process dies.
 */
export function createPresence(services: Pick<Services, 'db' | 'log'>, serverId: string = randomUUID()) {
  const projects: Windows = new Map();
  const others = new Map<string, { heardAt: number; projects: Windows }>();
  const dirty = new Set<string>();
  /** Windows here that changed since the other servers were told, as `projectId/socketId`. */
  const moved = new Map<string, Set<string>>();
  let io: PupilServer | null = null;
  let timer: NodeJS.Timeout | null = null;
  let sweeper: NodeJS.Timeout | null = null;
  let sweeps = 0;
  const working = new Set<Promise<void>>();

  const attempt = (what: string, work: () => Promise<unknown>): void => {
    const done: Promise<void> = work()
      .then(
        () => undefined,
        (error: unknown) => services.log.warn({ err: error }, what),
      )
      .finally(() => working.delete(done));
    working.add(done);
  };
  const sweep = (): void => {
    sweeps += 1;
    attempt('leases could not be swept', async () => {
      await sweepLeases(services.db);
      if (sweeps % FOLD_EVERY === 0) await foldCounters(services.db);
      await notifyServers(services.db, [{ name: 'presence:alive', serverId }]);
    });
    for (const [id, { heardAt, projects: theirs }] of others) {
      if (Date.now() - heardAt < SERVER_GONE_MS) continue;
      others.delete(id);
      for (const projectId of theirs.keys()) touch(projectId);
    }
  };
  const hold = (projectId: string, memberId: string): void =>
    attempt('leases could not be renewed', async () => {
      await renewLeases(services.db, { projectId, memberId, seconds: LEASE_SECONDS });
      await holdReviewItems(services.db, { projectId, memberId, seconds: REVIEW_HOLD_SECONDS });
    });
  const letGo = (projectId: string, memberId: string): void =>
    attempt('leases could not be shortened', async () => {
      await shortenLeases(services.db, { projectId, memberId, seconds: GRACE_SECONDS });
      await holdReviewItems(services.db, { projectId, memberId, seconds: GRACE_SECONDS });
    });

  /** Tells the other servers about these windows here. */
  const share = (projectId: string, socketIds: readonly string[]): void => {
    const parts: Record<string, Presence | null>[] = [];
    let bytes = Infinity;
    for (const id of socketIds) {
      const window = { [id]: projects.get(projectId)?.get(id) ?? null };
      // A name of 80 letters takes 80 to 240 bytes: what fits is measured, not counted.
      const size = Buffer.byteLength(JSON.stringify(window));
      if (bytes + size > MESSAGE_BYTES) {
        parts.push({});
        bytes = 0;
      }
      Object.assign(parts.at(-1) ?? {}, window);
      bytes += size;
    }
    const events = parts.map((windows): ServerEvent => ({ name: 'presence:moved', serverId, projectId, windows }));
    attempt('the other servers could not be told who is here', () => notifyServers(services.db, events));
  };
  const tell = (): void => {
    timer = null;
    for (const projectId of dirty) io?.to(projectRoom(projectId)).emit('presence', projectId, listPresent(projectId));
    dirty.clear();
    for (const [projectId, socketIds] of moved) share(projectId, [...socketIds]);
    moved.clear();
  };
  const touch = (projectId: string): void => {
    dirty.add(projectId);
    timer ??= setTimeout(tell, SETTLE_MS + SETTLE_MS_EACH * (projects.get(projectId)?.size ?? 0));
  };
  const touchHere = (projectId: string, socketId: string): void => {
    moved.set(projectId, (moved.get(projectId) ?? new Set()).add(socketId));
    touch(projectId);
  };
  const listWindows = (projectId: string): Presence[] =>
    [...others.values(), { projects }].flatMap((server) => [...(server.projects.get(projectId)?.values() ?? [])]);
  /** One entry a member, however many windows are open; the newest window wins, one at this server before others. */
  const listPresent = (projectId: string): Presence[] => [
    ...new Map(listWindows(projectId).map((item) => [item.memberId, item])).values(),
  ];
  const set = (
    socket: PupilSocket,
    projectId: string,
    actor: Actor,
    page: Presence['page'],
    imageId: string | null,
  ): void => {
    const present = projects.get(projectId) ?? new Map<string, Presence>();
    projects.set(projectId, present);
    present.delete(socket.id);
    present.set(socket.id, { memberId: actor.memberId, userId: actor.userId, name: actor.name, page, imageId });
    touchHere(projectId, socket.id);
  };

  const hooks: SocketHooks = {
    attach(socket) {
      socket.on('presence:set', (projectId, page, imageId) => {
        const parsed = place.safeParse({ page, imageId });
        const actor = socket.data.actors.get(projectId);
        if (!actor || !parsed.success) return;
        const before = projects.get(projectId)?.get(socket.id)?.page;
        set(socket, projectId, actor, parsed.data.page, parsed.data.imageId);
        if (WORK_PAGES.has(parsed.data.page) && parsed.data.page !== before) hold(projectId, actor.memberId);
      });
    },
    joined: (socket, projectId, actor) => set(socket, projectId, actor, 'other', null),
    left(socket, projectId, actor) {
      const present = projects.get(projectId);
      present?.delete(socket.id);
      if (present?.size === 0) projects.delete(projectId);
      touchHere(projectId, socket.id);
      if (!listWindows(projectId).some((item) => item.memberId === actor.memberId)) letGo(projectId, actor.memberId);
    },
  };

  return {
    hooks,
    listPresent,
    /** Whether the member has another window on one of these pages, at whichever server. */
    worksElsewhere: ({
      projectId,
      memberId,
      windowId,
      pages,
    }: {
      projectId: string;
      memberId: string;
      windowId: string;
      pages: readonly Presence['page'][];
    }): boolean =>
      [...others.values(), { projects }].some((server) =>
        [...(server.projects.get(projectId) ?? [])].some(
          ([id, item]) => id !== windowId && item.memberId === memberId && pages.includes(item.page),
        ),
      ),
    /** What another server tells. */
    hear(event: Exclude<ServerEvent, { name: 'access:ended' }>): void {
      if (event.serverId === serverId) return;
      if (event.name === 'presence:asked') {
        for (const [projectId, present] of projects) share(projectId, [...present.keys()]);
        return;
      }
      const server = others.get(event.serverId) ?? { heardAt: 0, projects: new Map() };
      others.set(event.serverId, server);
      server.heardAt = Date.now();
      if (event.name !== 'presence:moved') return;
      const present = server.projects.get(event.projectId) ?? new Map<string, Presence>();
      server.projects.set(event.projectId, present);
      for (const [socketId, window] of Object.entries(event.windows)) {
        present.delete(socketId);
        if (window) present.set(socketId, window);
      }
      touch(event.projectId);
    },
    /** Asks the other servers who is there. */
    ask: (): void =>
      attempt('the other servers could not be asked', () =>
        notifyServers(services.db, [{ name: 'presence:asked', serverId }]),
      ),
    start(server: PupilServer): void {
      io = server;
      sweeper = setInterval(sweep, SWEEP_MS);
    },
    /** Waits for what closing windows left to do. Call it when the sockets are closed. */
    async stop(): Promise<void> {
      if (timer) clearTimeout(timer);
      if (sweeper) clearInterval(sweeper);
      if (moved.size > 0) tell();
      await Promise.all(working);
    },
  };
}
