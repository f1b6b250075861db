import { runSlug } from '#core/book/run-book.ts';
import { AppError } from '#core/errors.ts';
import { writeEventFile } from '#core/book/event-file.ts';
import type { ScalarEvent } from '#core/book/event-file.ts';
import { roundName } from '#core/run/run.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import type { Db } from '#db/client.ts';
import { DOWNLOAD_POINTS, listOverlay } from '#db/queries/run/book-read.ts';
import { getRun } from '#db/queries/run/run-read.ts';

type Curve = Awaited<ReturnType<typeof listOverlay>>[number];

/** Without their own times, points lie evenly between the start and the end of their round. */
function eventsOf({ curve, startedAt, endedAt, valAccuracy, valInterval, testAccuracy }: Curve, created: Date) {
  const from = (startedAt ?? created).getTime() / 1000;
  const last = curve.step.at(-1) ?? 0;
  const span = Math.max(0, (endedAt?.getTime() ?? from * 1000) / 1000 - from);
  const given = (values: Record<string, number | null | undefined>): Record<string, number> =>
    Object.fromEntries(
      Object.entries(values).flatMap(([tag, value]) => (typeof value === 'number' ? [[tag, value]] : [])),
    );
  const events = curve.step.map((step, at): ScalarEvent => ({
    step,
    seconds: from + (last > 0 ? (span * step) / last : 0),
    values: given({
      'loss/labeled': curve.lossLabeled[at],
      'loss/pseudo': curve.lossPseudo[at],
      learning_rate: curve.learningRate[at],
      images_per_second: curve.imagesPerSecond[at],
      'validation/accuracy_while_training': curve.valAccuracy[at],
    }),
  }));
  const final = given({
    'validation/accuracy': valAccuracy,
    'validation/accuracy_low': valInterval?.[0],
    'validation/accuracy_high': valInterval?.[1],
    'test/accuracy': testAccuracy,
  });
  if (Object.keys(final).length > 0) events.push({ step: last, seconds: from + span, values: final });
  return { from, events };
}

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
  if (curves.length === 0)
    throw new AppError('NOT_READY', 'Curves start with the first training step. Ask again then.');
  const folder = runSlug(run);
  const files = curves.map((curve) => {
    const { from, events } = eventsOf(curve, run.createdAt);
    const round = roundName(curve).toLowerCase().replaceAll(' ', '-');
    return {
      path: `${folder}/${round}/events.out.tfevents.${Math.floor(from)}.pupil`,
      bytes: writeEventFile(from, events),
    };
  });
  return { fileName: `${folder}-tensorboard.zip`, zip: await zipFiles(files) };
}
