import { mentionPage, mentionRef } from '#core/schemas/labeling.ts';
import { countUnreadMentions, listMentions, readMentions } from '#db/queries/people/mention.ts';
import { authedProcedure, router } from '../trpc.ts';

/** One's own mentions, whichever project they stand in. */
export const mentionRouter = router({
  list: authedProcedure
    .input(mentionPage)
    .query(({ ctx, input }) => listMentions(ctx.services.db, ctx.signedIn, input)),
  unread: authedProcedure.query(({ ctx }) => countUnreadMentions(ctx.services.db, ctx.signedIn)),
  read: authedProcedure
    .input(mentionRef)
    .mutation(({ ctx, input }) => readMentions(ctx.services.db, ctx.signedIn, { ...input, andOlder: false })),
  /** All up to the newest that the person has seen. */
  readAll: authedProcedure
    .input(mentionRef)
    .mutation(({ ctx, input }) => readMentions(ctx.services.db, ctx.signedIn, { ...input, andOlder: true })),
});
