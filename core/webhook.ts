import type { DomainEvent } from './events.ts';

export const WEBHOOK_EVENTS = [
  'run:changed',
  'round:ended',
  'export:ready',
  'import:ended',
  'snapshot:created',
] as const;
export type WebhookEvent = (typeof WEBHOOK_EVENTS)[number];

const isWebhookEvent = (event: DomainEvent): event is Extract<DomainEvent, { name: WebhookEvent }> =>
  (WEBHOOK_EVENTS as readonly string[]).includes(event.name);

/**
 * What tells an event from every other, so that it is delivered once; null for events that are not sent out. `again`:
 * the same thing may happen anew later (a run waits for people after every round), and is sent each time.
 */
export function webhookKey(
  event: DomainEvent,
): { key: string; again: boolean; projectId: string; name: WebhookEvent } | null {
  if (!isWebhookEvent(event)) return null;
  const { name, projectId } = event;
  switch (event.name) {
    case 'run:changed':
      return ['finished', 'failed', 'waiting-review'].includes(event.status)
        ? { key: `${name}:${event.runId}:${event.status}`, again: true, projectId, name }
        : null;
    case 'round:ended':
      return { key: `${name}:${event.roundId}`, again: false, projectId, name };
    case 'export:ready':
      return { key: `${name}:${event.exportId}`, again: false, projectId, name };
    case 'import:ended':
      return { key: `${name}:${event.importId}`, again: false, projectId, name };
    case 'snapshot:created':
      return { key: `${name}:${event.snapshotId}`, again: false, projectId, name };
  }
}
