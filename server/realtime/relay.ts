import { Client } from 'pg';
import type { Logger } from 'pino';
import { EVENT_CHANNEL, SERVER_CHANNEL } from '#core/events.ts';
import type { DomainEvent, ServerEvent } from '#core/events.ts';

const RETRY_MS = 1000;

/**
 * Hears the events that writers announce with pg_notify and passes each on. LISTEN holds a connection of its own;
 * when it drops it is opened again, and `onGap` tells that events may have been missed, so that clients refetch.
 */
export function startRelay(options: { url: string; log: Logger; onEvent: (event: DomainEvent) => void; onServerEvent?: (event: ServerEvent) => void; onGap: () => void }) {
  let client: Client | null = null;
  let stopped = false;
  let timer: NodeJS.Timeout | null = null;
  let first = true;

  const retry = (): void => {
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

  const connect = async (): Promise<void> => {
    // A listener only waits: without keep-alive it would never notice that the other side has gone.
    const next = new Client({ connectionString: options.url, keepAlive: true });
    client = next;
    next.on('error', (error) => {
      options.log.warn({ err: error }, 'the event relay lost its connection; it will be opened again');
      retry();
    });
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
      client?.removeAllListeners('end');
      await client?.end().catch(() => undefined);
    },
  };
}
