import { setTimeout as wait } from 'node:timers/promises';
import type { DomainEvent } from '#core/events.ts';
import { webhookKey } from '#core/webhook.ts';
import { purgeDeliveries } from '#db/queries/project/webhook.ts';
import type { Services } from '../../context.ts';
import { createDeliverer } from './deliver.ts';

const SWEEP_MS = 10_000;
/** How long what was delivered or given up stays to be looked at, and how often the rest is deleted. */
const KEPT_DAYS = 7;
const PURGE_MS = 3_600_000;
/** How long a delivery under way may take to end when the server stops, ms. */
const STOP_MS = 3000;

/** Delivers what is due: at once when an event is heard, and what an earlier server left behind. */
export function startWebhooks(services: Services) {
  const fail = (error: unknown): void => services.log.error({ err: error }, 'webhooks could not be delivered');
  const deliverer = createDeliverer(services, { onError: fail });
  const purge = (): void => void purgeDeliveries(services.db, KEPT_DAYS).catch(fail);
  purge();
  const timers = [setInterval(deliverer.begin, SWEEP_MS), setInterval(purge, PURGE_MS)];
  return {
    /** The writer of the event has queued its deliveries already. */
    hear(event: DomainEvent): void {
      if (webhookKey(event) !== null) deliverer.begin();
    },
    async stop(): Promise<void> {
      for (const timer of timers) clearInterval(timer);
      // A receiver that hangs is tried again by the next start.
      await Promise.race([deliverer.stop(), wait(STOP_MS, undefined, { ref: false })]);
    },
  };
}
