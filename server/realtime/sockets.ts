import type { Server as HttpServer } from 'node:http';
import { Server } from 'socket.io';
import type { Socket } from 'socket.io';
import { z } from 'zod';
import { can } from '#core/people/access.ts';
import type { ClientToServerEvents, DomainEvent, ServerToClientEvents } from '#core/events.ts';
import { findProjectMembership, listMemberships } from '#db/queries/people/member.ts';
import { findSignedIn } from '../auth/session.ts';
import type { SignedIn } from '../auth/session-cache.ts';
import type { Actor, Services } from '../context.ts';

export interface SocketData {
  signedIn: SignedIn;
  /** Projects joined, with the membership each was joined by. */
  actors: Map<string, Actor>;
  /** Leaves the projects that the member may not see any more, and learns what their role is now. */
  askAgain(): Promise<void>;
}

export type PupilSocket = Socket<ClientToServerEvents, ServerToClientEvents, Record<string, never>, SocketData>;
export type PupilServer = Server<ClientToServerEvents, ServerToClientEvents, Record<string, never>, SocketData>;

export const projectRoom = (projectId: string): string => `project:${projectId}`;
export const organizationRoom = (organizationId: string): string => `organization:${organizationId}`;
const userRoom = (userId: string): string => `user:${userId}`;
/**
 * A person's browsers. An API token is one member's: what reaches the person from other organizations is not for its
 * sockets (ACCESS-8).
 */
const browserRoom = (userId: string): string => `browser:${userId}`;
const accessRoom = (accessId: string): string => `access:${accessId}`;

/** What presence and leases hook into. */
export interface SocketHooks {
  joined(socket: PupilSocket, projectId: string, actor: Actor): void;
  left(socket: PupilSocket, projectId: string, actor: Actor): void;
  attach(socket: PupilSocket): void;
}

/**
 * Sockets announce and carry no truth. The handshake needs a session and an allowed Origin; each join asks the ladder's
 * table. Transport is websocket only, so that several servers need no sticky sessions.
 */
export function createSockets(services: Services, http: HttpServer, options: { hooks: SocketHooks }): PupilServer {
  const io: PupilServer = new Server(http, {
    path: '/socket.io/',
    transports: ['websocket'],
    serveClient: false,
    destroyUpgrade: false,
    maxHttpBufferSize: 64_000,
    pingInterval: 10_000,
    pingTimeout: 8_000,
    allowRequest: (req, done) => done(null, services.origins.isOurs(req)),
  });

  io.use((socket, next) => {
    findSignedIn(services, socket.request).then(
      (signedIn) => {
        if (!signedIn) return next(new Error('UNAUTHORIZED'));
        socket.data.signedIn = signedIn;
        socket.data.actors = new Map();
        return next();
      },
      (error: unknown) => {
        services.log.error({ err: error }, 'a socket handshake failed');
        next(new Error('INTERNAL'));
      },
    );
  });

  io.on('connection', (socket) => {
    const { userId, accessId, memberId } = socket.data.signedIn;
    void socket.join([userRoom(userId), accessRoom(accessId), ...(memberId === null ? [browserRoom(userId)] : [])]);
    // The access may have ended between the handshake and the join: nobody would close this socket any more.
    void findSignedIn(services, socket.request).then(
      (still) => still ?? socket.disconnect(true),
      () => undefined,
    );
    // Pages in no project (People, say) hear of their organizations too. A removal meanwhile ends the socket,
    // which is in the person's room already.
    const joinOrganizations = async (): Promise<void> => {
      if (memberId !== null) return;
      const memberships = await listMemberships(services.db, userId);
      await socket.join(memberships.map(({ organizationId }) => organizationRoom(organizationId)));
    };
    void joinOrganizations().catch((error: unknown) =>
      services.log.warn({ err: error }, 'a socket joined no organization'),
    );
    options.hooks.attach(socket);
    const findActor = async (projectId: string): Promise<Actor | null> => {
      const found = await findProjectMembership(services.db, { projectId, userId, memberId });
      return found && can(found.actor.role, 'project:read') ? found.actor : null;
    };
    socket.on('project:join', async (projectId, reply) => {
      const answer = typeof reply === 'function' ? reply : () => undefined;
      const parsed = z.uuid().safeParse(projectId);
      if (!parsed.success) return answer(false);
      const actor = await findActor(parsed.data).catch(() => null);
      // The socket may have gone while we asked: whoever joins after the disconnect would stay present for ever.
      if (!actor || !socket.connected) return answer(false);
      socket.data.actors.set(parsed.data, actor);
      await socket.join([projectRoom(parsed.data), organizationRoom(actor.organizationId)]);
      options.hooks.joined(socket, parsed.data, actor);
      return answer(true);
    });
    const leave = (projectId: string): void => {
      const actor = socket.data.actors.get(projectId);
      if (!actor) return;
      socket.data.actors.delete(projectId);
      void socket.leave(projectRoom(projectId));
      options.hooks.left(socket, projectId, actor);
    };
    socket.data.askAgain = async (): Promise<void> => {
      await joinOrganizations().catch(() => undefined);
      for (const projectId of socket.data.actors.keys()) {
        const actor = await findActor(projectId).catch(() => undefined);
        // Not known for now: the page comes back through the ladder.
        if (actor === undefined) return void socket.disconnect(true);
        if (!actor) leave(projectId);
        else if (socket.data.actors.has(projectId)) socket.data.actors.set(projectId, actor);
      }
    };
    socket.on('project:leave', (projectId) => leave(projectId));
    socket.on('disconnect', () => {
      for (const projectId of socket.data.actors.keys()) leave(projectId);
    });
  });
  return io;
}

/** Events that a busy team makes many of: they may wait a moment and go together. */
const GATHERED: ReadonlySet<DomainEvent['name']> = new Set(['annotation:submitted', 'review:answered']);
const GATHER_MS = 200;
const gathered = new WeakMap<PupilServer, Map<string, DomainEvent[]>>();

/**
 * 200 people who each hear every decision of 200 people would be a message for each pair; gathered, it is five a second
 * for each person.
 */
function gather(io: PupilServer, projectId: string, event: DomainEvent): void {
  let waiting = gathered.get(io);
  if (!waiting) gathered.set(io, (waiting = new Map()));
  const events = waiting.get(projectId);
  if (events) {
    events.push(event);
    return;
  }
  waiting.set(projectId, [event]);
  setTimeout(() => {
    const batch = waiting.get(projectId) ?? [];
    waiting.delete(projectId);
    io.to(projectRoom(projectId)).emit('events', batch);
  }, GATHER_MS);
}

/** Passes one domain event to the people who may see it. */
export function announce(io: PupilServer, heard: DomainEvent): void {
  const event = withoutSecrets(heard);
  if ('projectId' in event && GATHERED.has(event.name)) return gather(io, event.projectId, event);
  if (event.name === 'member:changed') {
    io.to([organizationRoom(event.organizationId), browserRoom(event.userId)]).emit('event', event);
    if (event.removed) revoke(io, event.userId, event.organizationId);
    // Every server hears the event, so each asks for its own sockets.
    else
      for (const id of io.sockets.adapter.rooms.get(userRoom(event.userId)) ?? [])
        void io.sockets.sockets.get(id)?.data.askAgain();
    return;
  }
  if (event.name === 'comment:created') {
    // One message for each socket, however many of the rooms it is in.
    io.to([projectRoom(event.projectId), ...event.mentioned.map(browserRoom)]).emit('event', event);
    return;
  }
  if (event.name === 'notification:created') {
    io.to(event.notified.map(browserRoom)).emit('event', { ...event, notified: [] });
    return;
  }
  if ('projectId' in event) io.to(projectRoom(event.projectId)).emit('event', event);
}

/**
 * That somebody has answered is for all, what they answered about is not: whoever meets an image that colleagues have
 * answered, where one answer is asked, would know it for a gold item.
 */
const withoutSecrets = (event: DomainEvent): DomainEvent =>
  event.name === 'annotation:submitted' ? { ...event, imageId: '', memberId: '' } : event;

/** A removed member is put out of the organization's rooms at once. */
function revoke(io: PupilServer, userId: string, organizationId: string): void {
  const room = io.in(userRoom(userId));
  room.emit('access:revoked', organizationId);
  room.disconnectSockets(true);
}

/** Closes every socket that rests on this session or API token. */
export function endAccess(io: PupilServer, accessId: string): void {
  io.in(accessRoom(accessId)).disconnectSockets(true);
}
