import { setTimeout as pause } from 'node:timers/promises';
import { runTitle } from '#core/book/run-book.ts';
import { AppError, notFound } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { roundName } from '#core/run/run.ts';
import { answerClasses } from '#core/serving/serving.ts';
import { sayRoundOf } from '#core/book/said-names.ts';
import type { Said } from '#core/text/said.ts';
import { unzipFiles } from '#db/blobs/zip-files.ts';
import { listEveryClass } from '#db/queries/project/merge-class.ts';
import { getRound } from '#db/queries/run/run-read.ts';
import { findServingFile, findServingRound, requestServingFile } from '#db/queries/serving/serving.ts';
import type { Services } from '../../context.ts';
import type { OpenedModel } from './opened-model.ts';

/** How long a request waits for a file that a trainer is making, ms, and how often it looks. */
const PATIENCE_MS = 20_000;
const LOOK_MS = 500;

/** The same as `openModel`, held for a moment. */
export const findModel = (services: Services, place: { projectId: string; roundId: string | null }) =>
  services.models.find(place, () => openModel(services, place));

/**
 * The model that answers: a named round, else the one that serves. Its ONNX file is asked for where there is none.
 * @throws AppError NOT_READY where no model stands or its file could not be made, UNAVAILABLE while it is made
 */
export async function openModel(
  services: Services,
  params: { projectId: string; roundId: string | null; patienceMs?: number },
): Promise<OpenedModel> {
  const { projectId, patienceMs = PATIENCE_MS } = params;
  const serving = params.roundId === null ? await findServingRound(services.db, projectId) : null;
  const roundId = params.roundId ?? serving?.roundId;
  if (roundId === undefined) throw new AppError('NOT_READY', say('refusal.noModel'));
  const round = await getRound(services.db, { projectId, roundId });
  const title = `${runTitle(round.run)}, ${roundName(round)}`;
  const model = sayRoundOf(round.run, round);
  if (round.stage !== 'done') throw new AppError('NOT_READY', say('refusal.stillMadeAsk', { model }));
  const file = await awaitFile(services, { projectId, roundId, model, until: Date.now() + patienceMs });
  const reopen = () => services.predictor.open(file.id, () => readModel(services, file.blobKey));
  return {
    ...(await reopen()),
    key: file.id,
    reopen,
    classes: answerClasses(round.run.classIds, await listEveryClass(services.db, projectId)),
    told: {
      roundId,
      run: round.run.number,
      round: roundName(round),
      title,
      sha256: file.sha256 ?? '',
      promoted: serving?.promoted ?? false,
    },
  };
}

async function awaitFile(
  services: Services,
  { projectId, roundId, model, until }: { projectId: string; roundId: string; model: Said; until: number },
) {
  for (;;) {
    const file = await findServingFile(services.db, roundId);
    if (file?.status === 'ready' && file.blobKey !== null) return { ...file, blobKey: file.blobKey };
    if (file === null || file.status === 'failed') await requestServingFile(services.db, { projectId, roundId });
    const again = file?.status === 'failed' ? await findServingFile(services.db, roundId) : file;
    if (again?.status === 'failed')
      throw new AppError(
        'NOT_READY',
        say('refusal.notMade', { model, why: again.said?.[0] ?? again.message ?? say('refusal.unknown') }),
      );
    if (Date.now() >= until) throw new AppError('UNAVAILABLE', say('refusal.making', { model }));
    await pause(LOOK_MS);
  }
}

async function readModel(services: Services, blobKey: string): Promise<Uint8Array> {
  const files = await unzipFiles(await services.blobs.get(blobKey));
  const model = files.get('model.onnx');
  if (!model) throw notFound('model');
  return model;
}
