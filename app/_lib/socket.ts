import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';
import { io } from 'socket.io-client';
import type { Socket } from 'socket.io-client';
import type {
  ClientToServerEvents,
  DomainEvent,
  DomainEventName,
  DomainEventOf,
  Presence,
  ServerToClientEvents,
} from '#core/events.ts';

type PupilSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

let shared: PupilSocket | null = null;

/** The one socket of this tab, made on first use. Sessions travel by cookie. Browser only. */
export const getSocket = (): PupilSocket => {
  shared ??= makeSocket();
  return shared;
};

/** What the server knows this window by; empty while the line is broken. */
export const windowId = (): string => getSocket().id ?? '';

/**
 * Socket.IO reconnects by itself after a broken line, but not after the server closed the socket (a restart, a gap in
 * the events) or refused it: those we do, spread over time so that many tabs do not come at once.
 */
const makeSocket = (): PupilSocket => {
  const socket: PupilSocket = io({ transports: ['websocket'], reconnectionDelay: 300, reconnectionDelayMax: 5000 });
  const again = (after: number) =>
    setTimeout(() => !socket.connected && socket.connect(), after * (0.5 + Math.random()));
  socket.on('disconnect', (reason) => reason === 'io server disconnect' && again(600));
  socket.on('events', (events) => {
    for (const event of events) for (const listener of socket.listeners('event')) listener(event);
  });
  socket.on('connect_error', () => !socket.active && again(5000));
  return socket;
};

/** Calls `handler` when the person loses access to an organization. */
export const useRevoked = (handler: (organizationId: string) => void): void => {
  const onRevoked = useEffectEvent(handler);
  useEffect(() => {
    const socket = getSocket();
    const listener = (organizationId: string) => onRevoked(organizationId);
    socket.on('access:revoked', listener);
    return () => {
      socket.off('access:revoked', listener);
    };
  }, []);
};

/** Calls `handler` for each domain event of that name while mounted. The newest handler is always the one called. */
export const useEvent = <Name extends DomainEventName>(
  name: Name,
  handler: (event: DomainEventOf<Name>) => void,
): void => {
  const onEvent = useEffectEvent((event: DomainEvent) => {
    if (event.name === name) handler(event as DomainEventOf<Name>);
  });
  useEffect(() => {
    const socket = getSocket();
    const listener = (event: DomainEvent) => onEvent(event);
    socket.on('event', listener);
    return () => {
      socket.off('event', listener);
    };
  }, []);
};

/** Calls `handler` on each connection after the first: events were missed, so refetch. */
export const useReconnect = (handler: () => void): void => {
  const onReconnect = useEffectEvent(handler);
  useEffect(() => {
    const socket = getSocket();
    let before = socket.connected;
    const listener = () => {
      if (before) onReconnect();
      before = true;
    };
    socket.on('connect', listener);
    return () => {
      socket.off('connect', listener);
    };
  }, []);
};

const subscribe = (changed: () => void): (() => void) => {
  const socket = getSocket();
  socket.on('connect', changed);
  socket.on('disconnect', changed);
  return () => {
    socket.off('connect', changed);
    socket.off('disconnect', changed);
  };
};

/** Is the socket up? True while rendering on the server, so that nothing flickers. */
export const useConnected = (): boolean =>
  useSyncExternalStore(
    subscribe,
    () => getSocket().connected || !getSocket().active,
    () => true,
  );

let present: readonly Presence[] = [];
let presentIn: string | null = null;
const nobody: readonly Presence[] = [];

/** Joins a project's room while mounted, again after each reconnect. */
export const useProjectRoom = (projectId: string): void => {
  useEffect(() => {
    const socket = getSocket();
    const join = () => socket.emit('project:join', projectId, () => undefined);
    if (socket.connected) join();
    socket.on('connect', join);
    return () => {
      socket.off('connect', join);
      socket.emit('project:leave', projectId);
    };
  }, [projectId]);
};

const subscribePresence = (changed: () => void): (() => void) => {
  const socket = getSocket();
  const listener = (projectId: string, members: Presence[]) => {
    presentIn = projectId;
    present = members;
    changed();
  };
  socket.on('presence', listener);
  return () => {
    socket.off('presence', listener);
  };
};

/** Who is in the project now. */
export const usePresence = (projectId: string): readonly Presence[] =>
  useSyncExternalStore(
    subscribePresence,
    () => (presentIn === projectId ? present : nobody),
    () => nobody,
  );

/** Tells colleagues where this member is, while mounted and after each reconnect. */
export const useAnnouncePresence = (projectId: string, page: Presence['page'], imageId: string | null): void => {
  useEffect(() => {
    const socket = getSocket();
    const announce = () => socket.emit('presence:set', projectId, page, imageId);
    if (socket.connected) announce();
    socket.on('connect', announce);
    return () => {
      socket.off('connect', announce);
    };
  }, [projectId, page, imageId]);
};
