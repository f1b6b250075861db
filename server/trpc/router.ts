import { imageRouter } from './routers/image.ts';
import { peopleRouter } from './routers/people.ts';
import { projectRouter } from './routers/project.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  image: imageRouter,
  people: peopleRouter,
  project: projectRouter,
});

/** The only thing of the server that the pages know. */
export type AppRouter = typeof appRouter;
