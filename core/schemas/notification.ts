import { z } from 'zod';
import { NOTIFICATION_KINDS } from '../people/notification.ts';

export const notificationPlace = z.object({ projectId: z.uuid().optional(), runId: z.uuid().optional() });
export const muteNotification = z.object({ kind: z.enum(NOTIFICATION_KINDS), muted: z.boolean() });
