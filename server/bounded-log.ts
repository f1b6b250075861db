import { pino } from 'pino';
import type { Logger } from 'pino';
import { openLogStream } from '#db/log-stream.ts';

const WINDOW_MS = 60_000;
/** Lines of one message in a window; what more there are is told in one line when it comes again after it. */
const MOST = 60;
const MESSAGES = 1000;
const STACK = 4000;

/**
 * A log that nobody outside can fill: of each message so many lines a minute, each of bounded length.
 * @param write where lines go; standard output unless told
 */
export function createLog(
  options: { level: string; name: string },
  write?: (line: string) => void,
  now: () => number = Date.now,
): Logger {
  const seen = new Map<string, { since: number; count: number }>();
  return pino(
    {
      ...options,
      serializers: {
        err: (error: unknown) => {
          const told = pino.stdSerializers.err(error as Error);
          return typeof told.stack === 'string' ? { ...told, stack: told.stack.slice(0, STACK) } : told;
        },
      },
      hooks: {
        logMethod(args, method) {
          const message = String(args.find((arg) => typeof arg === 'string') ?? '').slice(0, 200);
          const at = now();
          let entry = seen.get(message);
          if (!entry || at - entry.since >= WINDOW_MS) {
            const left = (entry?.count ?? 0) - MOST;
            if (left > 0) method.apply(this, [{ message, times: left }, 'this was left out of the log so many times']);
            if (seen.size >= MESSAGES) seen.clear();
            seen.set(message, (entry = { since: at, count: 0 }));
          }
          entry.count += 1;
          if (entry.count <= MOST) method.apply(this, args);
        },
      },
    },
    write ? { write } : openLogStream(),
  );
}
