import { setTimeout as wait } from 'node:timers/promises';
import type { DomainEvent } from '#core/events.ts';
import { webhookKey } from '#core/webhook.ts';
import type { Services } from '../../context.ts';
import { deliverWebhooks, queueWebhooks } from './deliver.ts';

const SWEEP_MS = 10_000;
/** How long a delivery under way may take to end when the server stops, ms. */
const STOP_MS = 3000;

/** Queues what is heard at once and delivers what is due, one delivery at a time, also what an earlier server left behind. */
export function startWebhooks(services: Services) {
  let stopping = false;
  let delivering: Promise<unknown> = Promise.resolve();
  const queueing = new Set<Promise<void>>();
  const fail = (error: unknown): void => services.log.error({ err: error }, 'webhooks could not be delivered');
  const deliver = (): void => {
    delivering = delivering.then(() => deliverWebhooks(services, {}, () => stopping)).catch(fail);
  };
  const sweep = setInterval(deliver, SWEEP_MS);
  return {
    hear(event: DomainEvent): void {
      if (webhookKey(event) === null) return;
      // Never behind a receiver that hangs: an event that is not queued when the server stops would be lost.
      const queued = queueWebhooks(services, event).then(deliver, fail).finally(() => queueing.delete(queued));
      queueing.add(queued);
    },
    async stop(): Promise<void> {
      clearInterval(sweep);
      stopping = true;
      await Promise.all(queueing);
      // A receiver that hangs is tried again by the next start.
      await Promise.race([delivering, wait(STOP_MS, undefined, { ref: false })]);
    },
  };
}
