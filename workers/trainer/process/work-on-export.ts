import { AppError, storedError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { toStored } from '#core/text/stored.ts';
import { delayExport, failExport } from '#db/queries/export/export-job.ts';
import { startChild } from './child.ts';
import { endHelp } from './help-out.ts';
import { throughTrouble } from '../hold/through-trouble.ts';
import type { TrainerContext } from './work-on-run.ts';

/**
 * Has a child make a model file. Trouble that passes is waited for, and said beside the export
 * meanwhile; memory that ran out would run out again, and fails it at once.
 */
export const workOnExport = (
  { db, log, warn, answers, working }: Pick<TrainerContext, 'db' | 'log' | 'warn' | 'answers' | 'working'>,
  exportId: string,
): Promise<void> =>
  throughTrouble(
    async () => {
      await endHelp(working);
      const child = startChild({ type: 'export', exportId, answers }, () => undefined);
      working.set(exportId, child);
      await child.done.finally(() => working.delete(exportId));
    },
    (told, pause) => {
      log.warn({ exportId, pause }, told.message);
      const { message, said } = storedError(told);
      const goesOn = toStored(...(said ?? []), say('learning.goesOn.export'));
      delayExport(db, exportId, said ? goesOn : { message: `${message} ${goesOn.message}`, said: null }).catch(
        warn('an export could not say why it waits'),
      );
    },
  ).catch((error: unknown) => {
    if (!(error instanceof AppError) || error.code !== 'TOO_LARGE') throw error;
    return failExport(db, exportId, storedError(error));
  });
