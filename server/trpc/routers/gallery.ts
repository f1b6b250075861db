import {
  bulkDecide,
  bulkUndo,
  changeImages as changeInput,
  countGallery as countInput,
  featureMap,
  featurePlace,
  featurePoints,
  flagImages,
  undoChange as undoChangeInput,
  assignImages as assignInput,
  imageRef,
  listGallery as listInput,
  saveView as saveViewInput,
  viewRef,
} from '#core/schemas/labeling.ts';
import { notify } from '#db/notify.ts';
import { listComments } from '#db/queries/labeling/comment.ts';
import { markImages } from '#db/queries/labeling/assignment.ts';
import { countAside, listTags } from '#db/queries/image/aside.ts';
import { listViews } from '#db/queries/image/gallery-view.ts';
import { removeView, saveView } from '../../services/gallery/keep-view.ts';
import { countGallery, listGallery } from '../../services/gallery/list-gallery.ts';
import { listOpinions } from '../../services/gallery/list-opinions.ts';
import { findPlace, readFeatureMap, readMapPoints } from '../../services/gallery/read-feature-map.ts';
import { readImage } from '../../services/gallery/read-image.ts';
import { changeImages } from '../../services/image/change-images.ts';
import { undoChange } from '../../services/image/undo-change.ts';
import { decideTogether } from '../../services/labeling/decide-together.ts';
import { getLabeler } from '../../services/quality/get-labeler.ts';
import { undoAnnotations } from '../../services/labeling/undo-annotation.ts';
import { projectProcedure, router } from '../trpc.ts';

export const galleryRouter = router({
  list: projectProcedure('image:read')
    .input(listInput)
    .query(({ ctx, input }) => listGallery(ctx.services.db, ctx.actor, ctx.project, input)),
  /** How many images the same filter finds. */
  count: projectProcedure('image:read')
    .input(countInput)
    .query(({ ctx, input }) => countGallery(ctx.services.db, ctx.actor, ctx.project, input)),
  /** What images can be found by beside their answers: tags, and what was put aside. */
  shelves: projectProcedure('image:read').query(async ({ ctx }) => {
    const [tags, aside] = await Promise.all([
      listTags(ctx.services.db, ctx.project.id),
      countAside(ctx.services.db, ctx.project.id),
    ]);
    return { tags, aside };
  }),
  /** What people found and named; who may not find images by a part of it sees the view without that. */
  views: projectProcedure('image:read').query(({ ctx }) => listViews(ctx.services.db, ctx.project.id)),
  saveView: projectProcedure('annotation:submit')
    .input(saveViewInput)
    .mutation(({ ctx, input }) => saveView(ctx.services.db, ctx.actor, input)),
  removeView: projectProcedure('annotation:submit')
    .input(viewRef)
    .mutation(({ ctx, input }) => removeView(ctx.services.db, ctx.actor, input)),
  /** The pool as the backbone sees it, before any run; null before the first image is embedded. */
  map: projectProcedure('image:read')
    .input(featureMap)
    .query(({ ctx, input }) => readFeatureMap(ctx.services.db, ctx.actor, ctx.project, input)),
  /** What that map tells of some images by now. */
  mapPoints: projectProcedure('image:read')
    .input(featurePoints)
    .query(({ ctx, input }) => readMapPoints(ctx.services.db, ctx.actor, ctx.project, input)),
  /** The image at a place of that map; null while what the map tells of it is hidden from the member. */
  mapImage: projectProcedure('image:read')
    .input(featurePlace)
    .query(({ ctx, input }) => findPlace(ctx.services.db, ctx.actor, ctx.project, input)),
  /** A piece of a stroke on images that came in wrong; `undoChange` takes the whole stroke back, piece by piece. */
  change: projectProcedure('image:change')
    .input(changeInput)
    .mutation(({ ctx, input }) => changeImages(ctx.services, ctx.actor, ctx.project, input)),
  undoChange: projectProcedure('image:change')
    .input(undoChangeInput)
    .mutation(({ ctx, input }) => undoChange(ctx.services, ctx.actor, input)),
  /** One image with its whole history: answers, what each round said (null while that is hidden), comments. */
  image: projectProcedure('image:read')
    .input(imageRef)
    .query(async ({ ctx, input: { projectId, imageId } }) => {
      const { db } = ctx.services;
      const [seen, predictions, comments] = await Promise.all([
        readImage(db, ctx.actor, ctx.project, imageId),
        listOpinions(db, ctx.actor, ctx.project, imageId),
        listComments(db, { projectId, imageId }),
      ]);
      return { ...seen, predictions, comments };
    }),
  flag: projectProcedure('annotation:submit')
    .input(flagImages)
    .mutation(async ({ ctx, input: { projectId, imageIds, flagged } }) => ({
      changed: await markImages(ctx.services.db, { projectId, imageIds }, { flagged }),
    })),
  /** Gives images to a member, or back to everybody with null. */
  assign: projectProcedure('image:assign')
    .input(assignInput)
    .mutation(async ({ ctx, input: { projectId, imageIds, memberId } }) => {
      const { db } = ctx.services;
      if (memberId) await getLabeler(db, { projectId, memberId });
      const changed = await markImages(db, { projectId, imageIds }, { assignedTo: memberId });
      await notify(db, { name: 'project:changed', projectId });
      return { changed };
    }),
  /** A lead answers many images in one stroke; ids are made by the client, and `undo` takes exactly them back. */
  decide: projectProcedure('annotation:adjudicate')
    .input(bulkDecide)
    .mutation(({ ctx, input }) =>
      decideTogether(
        ctx.services,
        ctx.actor,
        ctx.project.id,
        'bulk',
        input.decisions.map((item) => ({ ...item, classIds: [input.classId] })),
      ),
    ),
  undo: projectProcedure('annotation:submit')
    .input(bulkUndo)
    .mutation(({ ctx, input }) => undoAnnotations(ctx.services, ctx.actor, ctx.project.id, input.undos)),
});
