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

/** Delivers everything that is due, one after the other, until asked to stop. Returns how many were tried. */
export async function deliverWebhooks(
  services: { db: Db },
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> = {},
  isStopping: () => boolean = () => false,
): Promise<number> {
  for (let tried = 0; ; tried += 1) {
    const delivery = isStopping() ? null : await takeDelivery(services.db, RETRY_SECONDS);
    if (!delivery) return tried;
    const outcome = await send(delivery, net);
    await finishDelivery(services.db, {
      ...delivery,
      outcome: outcome.text,
      ended: outcome.ok || delivery.attempts >= ATTEMPTS,
    });
  }
}

async function send(
  delivery: { id: string; payload: Record<string, unknown>; url: string; secret: string },
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'>,
): Promise<{ ok: boolean; text: string }> {
  const body = JSON.stringify({ id: delivery.id, event: delivery.payload });
  try {
    const { status } = await safeFetch(delivery.url, {
      ...net,
      method: 'POST',
      body,
      maxBytes: 64 * 1024,
      redirects: 0,
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
