import type { PupilServer, PupilSocket } from './sockets.ts';
import { createBucket } from './token-bucket.ts';
import type { Bucket, Rate } from './token-bucket.ts';

/** What one window sends: quick labeling tells its image some five times a second. */
const PER_SOCKET: Rate = { burst: 60, perSecond: 10 };
/** All windows of a person together. */
const PER_PERSON: Rate = { burst: 200, perSecond: 30 };
/** Windows and programs that one person has open at one server. */
const SOCKETS_EACH = 40;

/**
 * Bounds what one person sends and opens: a socket that sends more is closed (a page comes back by itself, a little
 * later each time), one too many is refused.
 */
export function boundSockets(
  io: PupilServer,
  limits = { perSocket: PER_SOCKET, perPerson: PER_PERSON, socketsEach: SOCKETS_EACH },
): void {
  const people = new Map<string, { bucket: Bucket; sockets: number }>();
  io.use((socket, next) => {
    const { userId } = socket.data.signedIn;
    const person = people.get(userId) ?? { bucket: createBucket(limits.perPerson), sockets: 0 };
    if (person.sockets >= limits.socketsEach) return next(new Error('TOO_MANY_WINDOWS'));
    person.sockets += 1;
    people.set(userId, person);
    // The handshake itself may end before there is a connection; its transport tells either way.
    socket.conn.once('close', () => {
      person.sockets -= 1;
      if (person.sockets === 0) people.delete(userId);
    });
    boundMessages(socket, [createBucket(limits.perSocket), person.bucket]);
    return next();
  });
}

function boundMessages(socket: PupilSocket, buckets: readonly Bucket[]): void {
  socket.use((_packet, next) => {
    if (buckets.every((bucket) => bucket.take())) next();
    else socket.disconnect(true);
  });
}
