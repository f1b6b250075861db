import { randomUUID } from 'node:crypto';

export interface Places {
  projectId: string;
  runId: string;
  roundId: string;
  otherRoundId: string;
  imageId: string;
  itemId: string;
  classIds: string[];
}

/** How each query about a project is asked here. One that is missing fails the first test. */
export const ASK: Record<string, (at: Places) => object> = {
  'comment.list': ({ imageId }) => ({ imageId }),
  'compare.changed': ({ roundId, otherRoundId }) => ({ roundId, otherRoundId }),
  'compare.pair': ({ roundId, otherRoundId }) => ({ roundId, otherRoundId }),
  'compare.rounds': () => ({}),
  'export.diffSnapshots': () => ({ beforeId: randomUUID(), afterId: randomUUID() }),
  'export.listModels': () => ({}),
  'export.listSnapshots': () => ({}),
  'gallery.count': ({ roundId }) => ({ roundId }),
  'gallery.image': ({ imageId }) => ({ imageId }),
  'gallery.list': ({ roundId }) => ({ roundId, limit: 200 }),
  'gallery.shelves': () => ({}),
  'image.features': () => ({}),
  'image.getImport': () => ({ importId: randomUUID() }),
  'image.imports': () => ({}),
  'image.lookAlikeCounts': () => ({}),
  'image.lookAlikes': () => ({}),
  'insight.control': () => ({}),
  'insight.gain': () => ({}),
  'insight.items': () => ({ reason: 'uncertain' }),
  'insight.live': () => ({}),
  'insight.liveSuspects': () => ({}),
  'insight.next': () => ({}),
  'insight.trust': () => ({}),
  'label.guesses': ({ imageId }) => ({ imageIds: [imageId] }),
  'label.history': ({ imageId }) => ({ imageId }),
  'label.mine': () => ({}),
  'label.progress': () => ({}),
  'label.summary': () => ({}),
  'mention.list': () => ({}),
  'mention.unread': () => ({}),
  'notification.list': () => ({}),
  'notification.muted': () => ({}),
  'notification.unread': () => ({}),
  'project.get': () => ({}),
  'project.members': () => ({}),
  'project.previewMerge': ({ classIds }) => ({ classId: classIds[0], intoId: classIds[1] }),
  'project.unsettledBy': () => ({ overlap: 2 }),
  'quality.gold': () => ({}),
  'quality.team': () => ({}),
  'review.consequence': () => ({}),
  'review.counts': () => ({}),
  'review.disputed': () => ({}),
  'review.reveal': ({ itemId }) => ({ itemId }),
  'review.similar': ({ imageId }) => ({ imageId, limit: 60 }),
  'round.cell': ({ roundId, classIds: [truthClassId, predictedClassId] }) => ({
    roundId,
    truthClassId,
    predictedClassId,
  }),
  'round.flips': ({ roundId }) => ({ roundId, limit: 200 }),
  'round.get': ({ roundId }) => ({ roundId }),
  'round.image': ({ imageId }) => ({ imageId }),
  'round.map': ({ roundId }) => ({ roundId }),
  'round.mapImage': ({ roundId }) => ({ roundId, x: 100, y: 100 }),
  'round.mistakes': ({ roundId }) => ({ roundId }),
  'round.simulator': ({ roundId }) => ({ roundId }),
  'run.adoptable': () => ({}),
  'run.backbones': () => ({}),
  'run.book': () => ({ archived: true }),
  'run.curve': ({ runId }) => ({ runId }),
  'run.curves': ({ runId }) => ({ runIds: [runId] }),
  'run.get': ({ runId }) => ({ runId }),
  'run.list': () => ({}),
  'run.previewDeletion': ({ runId }) => ({ runId }),
  'run.readiness': () => ({}),
  'run.recommendation': () => ({}),
  'run.sampleImages': () => ({}),
  'run.speeds': () => ({}),
  'run.samplePrediction': () => ({}),
};
