import { Client } from 'pg';
import type { Logger } from 'pino';
import { EVENT_CHANNEL, SERVER_CHANNEL } from '#core/events.ts';
import type { DomainEvent, ServerEvent } from '#core/events.ts';

const RETRY_MS = 1000;
/**
 * How often the connection is tried, and how long any answer on it may take: one that died without a word is noticed
 * within their sum.
 */
const BEAT_MS = 20_000;
const PATIENCE_MS = 10_000;

/**
 * Hears the events that writers announce with pg_notify and passes each on. LISTEN holds a connection of its own;
 * when it drops it is opened again, and `onGap` tells that events may have been missed, so that clients refetch.
 */
export function startRelay(options: {
  url: string;
  log: Logger;
  onEvent: (event: DomainEvent) => void;
  onServerEvent?: (event: ServerEvent) => void;
  onGap: () => void;
  beatMs?: number;
  patienceMs?: number;
}) {
  const { beatMs = BEAT_MS, patienceMs = PATIENCE_MS } = options;
  let client: Client | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let beat: NodeJS.Timeout | null = null;
  let first = true;

  const retry = (): void => {
    if (beat) clearTimeout(beat);
    client?.removeAllListeners();
    client?.on('error', () => undefined);
    void client?.end().catch(() => undefined);
    client = null;
    if (stopped || timer) return;
    timer = setTimeout(() => {
      timer = null;
      void connect();
    }, RETRY_MS);
  };

  /** A listener only waits, and the system's own keep-alive takes two hours to find that the other side has gone. */
  const beatOn = (listening: Client, lost: (error: unknown) => void): void => {
    beat = setTimeout(() => {
      listening.query('select 1').then(() => {
        if (client === listening && !stopped) beatOn(listening, lost);
      }, lost);
    }, beatMs);
  };

  const connect = async (): Promise<void> => {
    const next = new Client({
      connectionString: options.url,
      keepAlive: true,
      connectionTimeoutMillis: patienceMs,
      query_timeout: patienceMs,
    });
    client = next;
    const lost = (error: unknown): void => {
      if (client !== next || stopped) return;
      options.log.warn({ err: error }, 'the event relay lost its connection; it will be opened again');
      retry();
    };
    next.on('error', lost);
    next.on('end', retry);
    next.on('notification', (message) => {
      try {
        if (!message.payload) return;
        if (message.channel === SERVER_CHANNEL) options.onServerEvent?.(JSON.parse(message.payload) as ServerEvent);
        else options.onEvent(JSON.parse(message.payload) as DomainEvent);
      } catch (error) {
        // Thrown here it would end the process: one event that we do not understand must not.
        options.log.error({ err: error }, 'an event could not be passed on');
      }
    });
    try {
      await next.connect();
      await next.query(`listen ${EVENT_CHANNEL}; listen ${SERVER_CHANNEL}`);
      beatOn(next, lost);
      if (!first) options.onGap();
      first = false;
    } catch (error) {
      options.log.warn({ err: error }, 'the event relay cannot reach the database');
      first = false;
      retry();
    }
  };

  const ready = connect();
  return {
    ready,
    async stop(): Promise<void> {
      stopped = true;
      if (timer) clearTimeout(timer);
      if (beat) clearTimeout(beat);
      client?.removeAllListeners('end');
      await client?.end().catch(() => undefined);
    },
  };
}
