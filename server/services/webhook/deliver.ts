import { createHmac } from 'node:crypto';
import type { Db } from '#db/client.ts';
import { finishDelivery, takeDelivery } from '#db/queries/project/webhook.ts';
import { safeFetch } from '../../net/safe-fetch.ts';
import type { SafeFetchOptions } from '../../net/safe-fetch.ts';

const ATTEMPTS = 6;
/** Wait after the first failed try; each further wait is twice as long. */
const RETRY_SECONDS = 30;

/**
 * `t=<unix seconds>,v1=<hex hmac-sha256 of "t.body">`: the receiver recomputes it with the secret and refuses old
 * times.
 */
export const signPayload = (secret: string, body: string, seconds: number): string =>
  `t=${seconds},v1=${createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex')}`;

/** Organizations delivered to at the same time; within one it is one delivery after another. */
const SIDE_BY_SIDE = 8;
/** How long a receiver may take, ms. */
const DEADLINE_MS = 10_000;

type Net = Pick<SafeFetchOptions, 'resolve' | 'isAllowed'>;

/**
 * Delivers what is due: one after the other within an organization, side by side across them, so that a receiver that
 * drips delays nobody else.
 */
export function createDeliverer(services: { db: Db }, options: { net?: Net; onError?: (error: unknown) => void } = {}) {
  const { net = {}, onError = () => undefined } = options;
  const busy = new Map<string, Promise<void>>();
  const state = {
    stopping: false,
    tried: 0,
    taking: null as Promise<void> | null,
    /** Something has become due while we were looking. */
    again: false,
  };

  const takeDue = async (): Promise<void> => {
    do {
      state.again = false;
      while (!state.stopping && busy.size < SIDE_BY_SIDE) {
        const delivery = await takeDelivery(services.db, RETRY_SECONDS, [...busy.keys()]);
        if (!delivery) break;
        state.tried += 1;
        const { organizationId } = delivery;
        const delivering = deliverOne(services, delivery, net)
          .catch(onError)
          .finally(() => {
            busy.delete(organizationId);
            begin();
          });
        busy.set(organizationId, delivering);
      }
    } while (state.again);
  };
  const begin = (): void => {
    if (state.taking) state.again = true;
    else
      state.taking = takeDue()
        .catch(onError)
        .finally(() => (state.taking = null));
  };
  const settle = async (): Promise<number> => {
    while (state.taking || busy.size > 0) await (state.taking ?? Promise.race(busy.values()));
    return state.tried;
  };
  return {
    /** Looks for what is due, without waiting for what is under way. */
    begin,
    /** Waits until nothing is under way; tells how many deliveries were tried. */
    settle,
    /** Begins nothing more. */
    stop(): Promise<number> {
      state.stopping = true;
      return settle();
    },
  };
}

/** Delivers everything that is due. Returns how many were tried. */
export async function deliverWebhooks(services: { db: Db }, net: Net = {}): Promise<number> {
  let failure: unknown = null;
  const deliverer = createDeliverer(services, { net, onError: (error) => (failure = error) });
  deliverer.begin();
  const tried = await deliverer.settle();
  if (failure !== null) throw failure;
  return tried;
}

async function deliverOne(
  services: { db: Db },
  delivery: NonNullable<Awaited<ReturnType<typeof takeDelivery>>>,
  net: Net,
): Promise<void> {
  const outcome = await send(delivery, net);
  await finishDelivery(services.db, {
    ...delivery,
    outcome: outcome.text,
    ended: outcome.ok || delivery.attempts >= ATTEMPTS,
  });
}

async function send(
  delivery: { id: string; payload: Record<string, unknown>; url: string; secret: string },
  net: Net,
): Promise<{ ok: boolean; text: string }> {
  const body = JSON.stringify({ id: delivery.id, event: delivery.payload });
  try {
    const { status } = await safeFetch(delivery.url, {
      ...net,
      method: 'POST',
      body,
      maxBytes: 64 * 1024,
      redirects: 0,
      deadlineMs: DEADLINE_MS,
      headers: {
        'content-type': 'application/json',
        'x-pupil-signature': signPayload(delivery.secret, body, Math.floor(Date.now() / 1000)),
      },
    });
    return { ok: status >= 200 && status < 300, text: `HTTP ${status}` };
  } catch {
    return { ok: false, text: 'not reached' };
  }
}
