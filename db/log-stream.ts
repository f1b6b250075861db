import { pino } from 'pino';

/**
 * Standard output, for a log. Where it is a file on a disk that is full, lines are lost and nothing else: an error that
 * nobody hears would end the process.
 */
export function openLogStream(to = 1) {
  const stream = pino.destination(to);
  stream.on('error', () => undefined);
  return stream;
}
