import { reviewRouter } from './routers/review.ts';
import { galleryRouter } from './routers/gallery.ts';
import { notificationRouter } from './routers/notification.ts';
import { qualityRouter } from './routers/quality.ts';
import { commentRouter } from './routers/comment.ts';
import { mentionRouter } from './routers/mention.ts';
import { imageRouter } from './routers/image.ts';
import { labelRouter } from './routers/label.ts';
import { peopleRouter } from './routers/people.ts';
import { projectRouter } from './routers/project.ts';
import { compareRouter } from './routers/compare.ts';
import { insightRouter } from './routers/insight.ts';
import { roundRouter } from './routers/round.ts';
import { exportRouter } from './routers/export.ts';
import { servingRouter } from './routers/serving.ts';
import { runRouter } from './routers/run.ts';
import { sourceRouter } from './routers/source.ts';
import { trainerRouter } from './routers/trainer.ts';
import { webhookRouter } from './routers/webhook.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  image: imageRouter,
  label: labelRouter,
  comment: commentRouter,
  mention: mentionRouter,
  notification: notificationRouter,
  quality: qualityRouter,
  gallery: galleryRouter,
  review: reviewRouter,
  people: peopleRouter,
  project: projectRouter,
  compare: compareRouter,
  insight: insightRouter,
  round: roundRouter,
  run: runRouter,
  source: sourceRouter,
  trainer: trainerRouter,
  webhook: webhookRouter,
  export: exportRouter,
  serving: servingRouter,
});

/** The only thing of the server that the pages know. */
export type AppRouter = typeof appRouter;
