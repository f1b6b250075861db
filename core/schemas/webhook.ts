import { z } from 'zod';
import { WEBHOOK_EVENTS } from '../webhook.ts';

export const createWebhook = z.object({
  url: z.url({ protocol: /^https?$/, error: 'Give an http or https address.' }).max(2000),
  events: z.array(z.enum(WEBHOOK_EVENTS)).min(1, 'Choose at least one event.'),
});
