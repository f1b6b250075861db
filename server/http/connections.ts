import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { networkOf } from './client-address.ts';

/**
 * Connections of one address. A class of 200 behind one router holds some 1,400: six for pages and a socket for each
 * browser at most.
 */
const PER_ADDRESS = 2000;
const IN_ALL = 20_000;
/** How long the head of a request may take, ms. */
const HEAD_MS = 20_000;

/**
 * Bounds what one address can hold open; those beyond it are closed at once. A trusted proxy speaks for many, and has
 * limits of its own.
 */
export function boundConnections(
  server: Server,
  isProxy: (address: string) => boolean,
  limits = { perAddress: PER_ADDRESS, inAll: IN_ALL },
): void {
  const open = new Map<string, number>();
  server.maxConnections = limits.inAll;
  server.headersTimeout = HEAD_MS;
  // Uploads take hours: bodies have deadlines of their own.
  server.requestTimeout = 0;
  server.prependListener('connection', (socket: Socket) => {
    if (isProxy(socket.remoteAddress ?? '')) return;
    const address = networkOf(socket.remoteAddress ?? '');
    const count = (open.get(address) ?? 0) + 1;
    if (count > limits.perAddress) return void socket.destroy();
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}
