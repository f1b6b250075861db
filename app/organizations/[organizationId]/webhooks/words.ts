import type { WebhookEvent } from '#core/webhook.ts';

/** Events that a webhook may be called for, in words. */
export const EVENT_WORDS: Record<WebhookEvent, string> = {
  'run:changed': 'Run ends or waits',
  'round:ended': 'Round ends',
  'export:ready': 'Export is ready',
  'import:ended': 'Import ends',
  'snapshot:created': 'Snapshot taken',
};
