import { runTitle } from '#core/book/run-book.ts';
import { roundName } from '#core/run/run.ts';
import { stepBack } from '#core/serving/serving.ts';
import type { Db } from '#db/client.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { findServingFile, findServingRound, listServingChoices } from '#db/queries/serving/serving.ts';

/** What predicts for a project now, whether its file is there, and who chose what before. */
export async function readServing(db: Db, projectId: string) {
  const [serving, history] = await Promise.all([findServingRound(db, projectId), listServingChoices(db, projectId)]);
  const round = serving && (await getRound(db, { projectId, roundId: serving.roundId }));
  const file = serving && (await findServingFile(db, serving.roundId));
  return {
    now:
      serving && round
        ? {
            roundId: serving.roundId,
            promoted: serving.promoted,
            title: `${runTitle(round.run)}, ${roundName(round)}`,
            accuracy: round.metrics?.valAccuracy ?? null,
            interval: round.metrics?.valInterval ?? null,
            file: { status: file?.status ?? null, message: file?.message ?? null, said: file?.said ?? null },
          }
        : null,
    history,
    mayRollBack: stepBack(history) !== null,
  };
}
