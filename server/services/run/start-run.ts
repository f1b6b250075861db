import { randomUUID } from 'node:crypto';
import { oneLine, runTitle, tidyTags } from '#core/book/run-book.ts';
import { checkSweep, expandSweep, sweepName, sweepTag } from '#core/book/sweep.ts';
import type { SweepAxis } from '#core/book/sweep.ts';
import { AppError } from '#core/errors.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { must } from '#core/must.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { backbonesOf, chainOf } from '#core/run/chain-of.ts';
import { chainLine } from '#core/chain/chain-words.ts';
import { checkRunConfig } from '#core/run/run-config.ts';
import { runConfig } from '#core/schemas/run-commands.ts';
import { saidOfInput } from '#core/schemas/said-of-input.ts';
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
  /** The same as keys, for pages. */
  said: Said[];
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
  const missing: Said[] = [];
  if (rows.length < 2) missing.push(say('why.twoClasses'));
  else if (rows.filter(({ pool }) => pool >= LABELS_LEAST).length < 2) {
    missing.push(rows.every(({ pool }) => pool === 0) ? say('why.noLabels') : say('why.oneClass'));
  }
  if (rows.every(({ validation }) => validation === 0)) {
    missing.push(splits.validation === 0 ? say('why.noValidation') : say('why.unansweredValidation'));
  }
  return {
    classes: rows,
    unlabeled,
    images,
    heldOut: splits.validation,
    ready: missing.length === 0,
    missing: missing.map(inEnglish),
    said: missing,
  };
}

/**
 * Queues a run: its settings and the order of its classes are frozen here. With settings to vary, a run for each
 * combination of their values, in one stroke: named, tagged and numbered together.
 */
export async function startRun(
  services: Services,
  actor: Actor,
  input: { projectId: string; config: RunConfig; name?: string; vary?: readonly SweepAxis[] },
): Promise<{ runId: string; number: number; sweepId: string | null; runs: number }> {
  const { projectId, vary = [] } = input;
  const problem = checkRunConfig(input.config) ?? checkSweep(input.config, vary);
  if (problem) throw new AppError('BAD_INPUT', problem);
  // What a program says as a method is stored as the chain that it means.
  const configs = expandSweep({ ...input.config, chain: chainOf(input.config) }, vary);
  for (const config of configs) refuseSettings(config);
  const name = oneLine(input.name ?? '');
  const sweepId = vary.length === 0 ? null : randomUUID();
  return services.db.transaction(async (tx) => {
    const { classes, said } = await readReadiness(tx, projectId);
    if (said[0]) throw new AppError('NOT_READY', said[0]);
    for (const id of backbonesOf(input.config)) await getBackbone(tx, { id, projectId });
    const started: { id: string; number: number }[] = [];
    for (const config of configs) {
      const title = sweepId === null ? name : sweepName(name, config, vary);
      const created = await insertRun(tx, {
        projectId,
        config,
        name: title,
        tags: sweepId === null ? [] : tidyTags([sweepTag(name, config, vary)]),
        sweepId,
        classIds: classes.map(({ id }) => id),
        createdBy: actor.memberId,
      });
      started.push(created);
      await recordActivity(tx, {
        organizationId: actor.organizationId,
        projectId,
        memberId: actor.memberId,
        action: 'run:started',
        subject: runTitle({ number: created.number, name: title }),
        detail: { runId: created.id, chain: chainLine(chainOf(config), new Map()), seed: config.seed },
      });
      await notify(tx, { name: 'run:changed', projectId, runId: created.id, status: 'queued' });
    }
    const first = must(started, 0, 'run');
    return { runId: first.id, number: first.number, sweepId, runs: started.length };
  });
}

/** What a value of a sweep makes of settings that were within their bounds. */
function refuseSettings(config: RunConfig): void {
  const { error } = runConfig.safeParse(config);
  if (error) throw new AppError('BAD_INPUT', saidOfInput(error));
}
