import { say } from '#core/text/said.ts';
import { createHash } from 'node:crypto';
import { freezeLabels, getRoundState, insertPseudoLabels, setRound } from '#db/queries/round/round-write.ts';
import type { PseudoLabelRow, RoundState } from '#db/queries/round/round-write.ts';
import { roundLabel } from '#db/schema/index.ts';
import { notify } from '#db/notify.ts';
import { RunCannotGoOn, whileHeld } from '../hold/context.ts';
import type { RunContext } from '../hold/context.ts';

/** What a round was decided to learn from: its pseudo-labels and how they were chosen. */
export interface FrozenTargets {
  rows: PseudoLabelRow[];
  /** Stored with the round as its selection. */
  selection: Record<string, unknown>;
}

/** A fingerprint of a labeled set: the same for the same images with the same classes. */
export const hashLabels = (rows: readonly { imageId: string; classId: string }[]): string =>
  createHash('sha256')
    .update(
      rows
        .map(({ imageId, classId }) => `${imageId}:${classId}`)
        .sort()
        .join('\n'),
    )
    .digest('hex');

/**
 * Freezes what a round trains on, all at once: the human answers of this moment and the chosen pseudo-labels. An image
 * that people answered meanwhile loses its pseudo-label (RUN-5). A round that has begun is left as it is.
 */
export async function beginRound(
  context: RunContext,
  round: RoundState,
  targets: FrozenTargets | null,
): Promise<RoundState> {
  if (round.startedAt) return round;
  return whileHeld(context, async (tx) => {
    const labels = await freezeLabels(tx, {
      roundId: round.id,
      projectId: context.run.projectId,
      classIds: context.run.classIds,
    });
    checkLabels(labels);
    const human = new Set(labels.map(({ imageId }) => imageId));
    const taken = targets?.rows.filter(({ imageId }) => !human.has(imageId)) ?? [];
    await insertPseudoLabels(tx, round.id, taken);
    await setRound(tx, round.id, {
      stage: 'training',
      startedAt: new Date(context.now()),
      labeledCount: labels.length,
      labeledHash: hashLabels(labels),
      selection: targets ? { ...targets.selection, taken: taken.length } : null,
    });
    await notify(tx, {
      name: 'run:changed',
      projectId: context.run.projectId,
      runId: context.run.id,
      status: 'training',
    });
    return getRoundState(tx, round.id);
  });
}

/** Begins a control arm: the very human answers that its counterpart was trained on, and no pseudo-labels. */
export async function beginControl(
  context: RunContext,
  control: RoundState,
  counterpart: RoundState,
  labels: readonly { imageId: string; classId: string }[],
): Promise<RoundState> {
  if (control.startedAt) return control;
  return whileHeld(context, async (tx) => {
    for (let start = 0; start < labels.length; start += 5000) {
      await tx
        .insert(roundLabel)
        .values(labels.slice(start, start + 5000).map((row) => ({ roundId: control.id, ...row })))
        .onConflictDoNothing();
    }
    await setRound(tx, control.id, {
      stage: 'training',
      startedAt: new Date(context.now()),
      labeledCount: counterpart.labeledCount,
      labeledHash: counterpart.labeledHash,
    });
    return getRoundState(tx, control.id);
  });
}

/** @throws RunCannotGoOn when there is nothing to learn from */
export function checkLabels(labels: readonly { classId: string }[]): void {
  if (labels.length === 0) throw new RunCannotGoOn(say('learning.noLabels'));
  if (new Set(labels.map(({ classId }) => classId)).size < 2) {
    throw new RunCannotGoOn(say('learning.oneClass'));
  }
}
