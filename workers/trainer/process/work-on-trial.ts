import type { EngineChoice } from '#core/run/learning.ts';
import type { Database } from '#db/client.ts';
import { isAnyRunDue } from '#db/queries/run/trial.ts';
import type { Answerer } from '../hold/messages.ts';
import { startChild } from './child.ts';
import type { ChildWork } from './child.ts';

/** How often it is looked whether a run wants the machine, ms. */
const LOOK_MS = 2000;

/**
 * Carries out a trial in a child. A run has the machine first: one that comes meanwhile stops the trial, which stays
 * queued and is taken up again afterwards.
 */
export async function workOnTrial(
  context: { db: Database['db']; engine: EngineChoice; answers: Answerer; working: Map<string, ChildWork> },
  trialId: string,
): Promise<void> {
  const { db, engine, answers, working } = context;
  if (await isAnyRunDue(db)) return;
  const child = startChild({ type: 'trial', trialId, engine, answers }, () => undefined);
  working.set(trialId, child);
  let yielded = false;
  const look = setInterval(() => {
    void isAnyRunDue(db)
      .then((due) => {
        if (!due) return;
        yielded = true;
        child.stop();
      })
      .catch(() => undefined);
  }, LOOK_MS);
  await child.done
    .catch((error: unknown) => {
      if (!yielded) throw error;
    })
    .finally(() => {
      clearInterval(look);
      working.delete(trialId);
    });
}
