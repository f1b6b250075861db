import { runSlug } from '#core/book/run-book.ts';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { curveEvents } from '#core/book/curve-events.ts';
import { writeEventFile } from '#core/book/event-file.ts';
import { roundName } from '#core/run/run.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import type { Db } from '#db/client.ts';
import { DOWNLOAD_POINTS, listOverlay } from '#db/queries/run/book-read.ts';
import { getRun } from '#db/queries/run/run-read.ts';

/**
 * A run's curves and figures as a folder for TensorBoard, a subfolder a round. Beyond 200,000 points curves are
 * thinned.
 * @throws AppError NOT_FOUND; NOT_READY before the first step
 */
export async function openEvents(
  db: Db,
  input: { projectId: string; runId: string },
): Promise<{ fileName: string; zip: Buffer }> {
  const run = await getRun(db, input);
  const curves = await listOverlay(db, { projectId: input.projectId, runIds: [run.id], points: DOWNLOAD_POINTS });
  if (curves.length === 0) throw new AppError('NOT_READY', say('refusal.noCurves'));
  const folder = runSlug(run);
  const files = curves.map((curve) => {
    const { from, events } = curveEvents(curve, run.createdAt);
    const round = roundName(curve).toLowerCase().replaceAll(' ', '-');
    return {
      path: `${folder}/${round}/events.out.tfevents.${Math.floor(from)}.pupil`,
      bytes: writeEventFile(from, events),
    };
  });
  return { fileName: `${folder}-tensorboard.zip`, zip: await zipFiles(files) };
}
