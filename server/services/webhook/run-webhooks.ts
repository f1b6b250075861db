import type { DomainEvent } from '#core/events.ts';
import { webhookKey } from '#core/webhook.ts';
import type { Services } from '../../context.ts';
import { deliverWebhooks, queueWebhooks } from './deliver.ts';

const SWEEP_MS = 10_000;

/** Queues what is heard and delivers what is due, one delivery at a time, also what an earlier server left behind. */
export function startWebhooks(services: Services) {
  let working: Promise<unknown> = Promise.resolve();
  const run = (work: () => Promise<unknown>): void => {
    working = working.then(work).catch((error: unknown) => services.log.error({ err: error }, 'webhooks could not be delivered'));
  };
  const sweep = setInterval(() => run(() => deliverWebhooks(services)), SWEEP_MS);
  return {
    hear(event: DomainEvent): void {
      if (webhookKey(event) === null) return;
      run(async () => {
        await queueWebhooks(services, event);
        await deliverWebhooks(services);
      });
    },
    async stop(): Promise<void> {
      clearInterval(sweep);
      await working;
    },
  };
}
