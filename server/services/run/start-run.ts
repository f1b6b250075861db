import { oneLine, runTitle } from '#core/book/run-book.ts';
import { AppError } from '#core/errors.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { backbonesOf, chainOf } from '#core/run/chain-of.ts';
import { chainLine } from '#core/chain/chain-words.ts';
import { checkRunConfig } from '#core/run/run-config.ts';
import type { Db } from '#db/client.ts';
import { notify } from '#db/notify.ts';
import { recordActivity } from '#db/queries/people/activity.ts';
import { describeImages } from '#db/queries/image/image-facts.ts';
import type { ImageFacts } from '#db/queries/image/image-facts.ts';
import { getBackbone } from '#db/queries/run/backbone.ts';
import { countSplits, listLabelCounts } from '#db/queries/image/split.ts';
import { listClassIds } from '#db/queries/project/project.ts';
import { insertRun } from '#db/queries/run/run-write.ts';
import type { Actor, Services } from '../../context.ts';

/** Fewest human answers of a class that a teacher may start from. */
const LABELS_LEAST = 1;

export interface Readiness {
  classes: { id: string; name: string; colour: string; pool: number; validation: number; test: number }[];
  /** Pool images without a settled answer. */
  unlabeled: number;
  images: ImageFacts;
  /** Images of validation, answered or not. */
  heldOut: number;
  /** Classes that a run would learn: those with human answers in the pool. */
  ready: boolean;
  /** What stands in the way, as sentences that say what to do. */
  missing: string[];
}

/** Can a run start, and if not, what is missing? */
export async function readReadiness(db: Db, projectId: string): Promise<Readiness> {
  const [classes, counts, splits, images] = await Promise.all([
    listClassIds(db, projectId),
    listLabelCounts(db, projectId),
    countSplits(db, projectId),
    describeImages(db, projectId),
  ]);
  const count = (classId: string, split: string): number =>
    counts.find((row) => row.classId === classId && row.split === split)?.n ?? 0;
  const rows = classes.map(({ id, name, colour }) => ({
    id,
    name,
    colour,
    pool: count(id, 'pool'),
    validation: count(id, 'validation'),
    test: count(id, 'test'),
  }));
  const unlabeled = splits.pool - rows.reduce((sum, { pool }) => sum + pool, 0);
  const missing: string[] = [];
  if (rows.length < 2) missing.push('A run needs at least two classes. Add classes on the project settings page.');
  else if (rows.filter(({ pool }) => pool >= LABELS_LEAST).length < 2) {
    missing.push(
      rows.every(({ pool }) => pool === 0)
        ? 'No image of the pool is labeled yet. Label at least ten of every class, then start the run.'
        : 'Only one class has labeled images. Label images of at least two classes, then start the run.',
    );
  }
  if (rows.every(({ validation }) => validation === 0)) {
    missing.push(
      splits.validation === 0
        ? 'No image is held out for validation, so no round could be judged. Set some aside, then label them.'
        : 'No validation image has an answer, so no round could be judged. Label validation images first.',
    );
  }
  return { classes: rows, unlabeled, images, heldOut: splits.validation, ready: missing.length === 0, missing };
}

/** Queues a run: its settings and the order of its classes are frozen here. */
export async function startRun(
  services: Services,
  actor: Actor,
  input: { projectId: string; config: RunConfig; name?: string },
) {
  // What a program says as a method is stored as the chain that it means.
  const config = { ...input.config, chain: chainOf(input.config) };
  const problem = checkRunConfig(input.config);
  if (problem) throw new AppError('BAD_INPUT', problem);
  return services.db.transaction(async (tx) => {
    const { classes, missing } = await readReadiness(tx, input.projectId);
    if (missing[0]) throw new AppError('NOT_READY', missing[0]);
    for (const id of backbonesOf(input.config)) await getBackbone(tx, { id, projectId: input.projectId });
    const created = await insertRun(tx, {
      projectId: input.projectId,
      config,
      name: oneLine(input.name ?? ''),
      classIds: classes.map(({ id }) => id),
      createdBy: actor.memberId,
    });
    await recordActivity(tx, {
      organizationId: actor.organizationId,
      projectId: input.projectId,
      memberId: actor.memberId,
      action: 'run:started',
      subject: runTitle({ number: created.number, name: oneLine(input.name ?? '') }),
      detail: { runId: created.id, chain: chainLine(config.chain, new Map()), seed: config.seed },
    });
    await notify(tx, { name: 'run:changed', projectId: input.projectId, runId: created.id, status: 'queued' });
    return { runId: created.id, number: created.number };
  });
}
