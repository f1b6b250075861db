import { runTitle } from '#core/book/run-book.ts';
import { wilsonInterval } from '#core/math/statistics.ts';
import type { Db } from '#db/client.ts';
import { findFinalCheckpoint } from '#db/queries/round/checkpoint.ts';
import { listBackboneFacts } from '#db/queries/run/backbone.ts';
import { getProject } from '#db/queries/project/project.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';
import type { run as runTable } from '#db/schema/index.ts';
import type { Figure, ModelCardData } from '#ml/export/index.ts';

type Run = typeof runTable.$inferSelect;

/** What the card of an exported round says: only figures that were measured, each with its count and interval. */
export async function readCard(
  db: Db,
  params: { run: Run; round: RoundState; createdAt: Date; measured: Figure[] },
): Promise<ModelCardData> {
  const { run, round } = params;
  const ids = [run.config.backboneId, ...(run.config.chain ?? []).map(({ backboneId }) => backboneId)];
  const backboneIds = [...new Set(ids.flatMap((id) => id ?? []))];
  const [project, rounds, checkpoint, backbones] = await Promise.all([
    getProject(db, run.projectId),
    listRoundStates(db, run.id),
    findFinalCheckpoint(db, round.id),
    backboneIds.length === 0 ? [] : listBackboneFacts(db, backboneIds),
  ]);
  const { metrics } = round;
  return {
    project: project.name,
    run: runTitle(run).replace('Run ', ''),
    round: round.index,
    role: round.role,
    createdAt: params.createdAt.toISOString(),
    description: project.description.trim(),
    licence: orNull(project.settings.licence),
    ...(backbones.length === 0 ? {} : { backbones }),
    intendedUse: orNull(project.settings.intendedUse),
    data: {
      labeled: metrics?.labeled ?? round.labeledCount,
      pseudo: metrics?.pseudo ?? 0,
      validation: metrics?.valCount ?? 0,
      test: metrics?.testCount ?? 0,
    },
    figures: [...roundFigures(round), ...params.measured],
    rounds: rounds
      .filter(({ stage }) => stage === 'done')
      .map((one) => ({
        index: one.index,
        role: one.role,
        model: one.model,
        labeled: one.metrics?.labeled ?? one.labeledCount,
        pseudo: one.metrics?.pseudo ?? 0,
        valAccuracy: one.metrics?.valCount ? one.metrics.valAccuracy : null,
        valInterval: one.metrics?.valCount ? one.metrics.valInterval : null,
        verdict: one.verdict,
      })),
    hashes: {
      ...(checkpoint ? { checkpoint: checkpoint.sha256 } : {}),
      ...(round.labeledHash ? { 'labeled set': round.labeledHash } : {}),
      ...(run.codeVersion ? { code: run.codeVersion } : {}),
    },
  };
}

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

function roundFigures({ metrics }: RoundState): Figure[] {
  if (!metrics) return [];
  const figures: Figure[] = [];
  if (metrics.testAccuracy !== null && metrics.testCount) {
    const right = Math.round(metrics.testAccuracy * metrics.testCount);
    figures.push({
      name: 'Round, test accuracy',
      value: metrics.testAccuracy,
      count: metrics.testCount,
      interval: wilsonInterval(right, metrics.testCount),
    });
  }
  if (metrics.valCount > 0)
    figures.push({
      name: 'Round, validation accuracy',
      value: metrics.valAccuracy,
      count: metrics.valCount,
      interval: metrics.valInterval,
    });
  return figures;
}
