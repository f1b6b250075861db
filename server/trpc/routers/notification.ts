import { muteNotification, notificationPlace } from '#core/schemas/notification.ts';
import {
  countUnreadNotifications,
  listMuted,
  listNotifications,
  readNotifications,
  setMuted,
} from '#db/queries/notification/notification.ts';
import { authedProcedure, router } from '../trpc.ts';

/** What the bell tells a person beside their mentions: of runs, and of what waits for review. */
export const notificationRouter = router({
  list: authedProcedure.query(({ ctx }) => listNotifications(ctx.services.db, ctx.signedIn, 100)),
  unread: authedProcedure.query(({ ctx }) => countUnreadNotifications(ctx.services.db, ctx.signedIn)),
  /** Of one run, of what waits in one project, or all. */
  read: authedProcedure
    .input(notificationPlace)
    .mutation(({ ctx, input }) => readNotifications(ctx.services.db, ctx.signedIn, input)),
  muted: authedProcedure.query(({ ctx }) => listMuted(ctx.services.db, ctx.signedIn.userId)),
  mute: authedProcedure
    .input(muteNotification)
    .mutation(({ ctx, input }) => setMuted(ctx.services.db, { ...input, userId: ctx.signedIn.userId })),
});
