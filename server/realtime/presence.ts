import type { Presence } from '#core/events.ts';
import type { Actor, Services } from '../context.ts';
import { projectRoom } from './sockets.ts';
import type { PupilServer, PupilSocket, SocketHooks } from './sockets.ts';

/** Changes within this time go out as one message. */
const SETTLE_MS = 150;

/** Who is on a project's pages now, kept in memory only and told to everybody on them. */
export function createPresence(_services: Services) {
  const projects = new Map<string, Map<string, Presence>>();
  const dirty = new Set<string>();
  let io: PupilServer | null = null;
  let timer: NodeJS.Timeout | null = null;

  const tell = (): void => {
    timer = null;
    for (const projectId of dirty) io?.to(projectRoom(projectId)).emit('presence', projectId, listPresent(projectId));
    dirty.clear();
  };
  const touch = (projectId: string): void => {
    dirty.add(projectId);
    timer ??= setTimeout(tell, SETTLE_MS);
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
        const actor = socket.data.actors.get(projectId);
        if (actor) set(socket, projectId, actor, page, imageId);
      });
    },
    joined: (socket, projectId, actor) => set(socket, projectId, actor, 'other', null),
    left(socket, projectId) {
      projects.get(projectId)?.delete(socket.id);
      touch(projectId);
    },
  };

  return {
    hooks,
    listPresent,
    start(server: PupilServer): void {
      io = server;
    },
    async stop(): Promise<void> {
      if (timer) clearTimeout(timer);
    },
  };
}
