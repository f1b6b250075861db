import type { Logger } from 'pino';
import type { Db } from '#db/client.ts';
import { findHelpWanted, releasePredictionShards } from '#db/queries/round/prediction-shard.ts';
import { answererOf } from '../hold/messages.ts';
import type { Answerer, EngineReport } from '../hold/messages.ts';
import { startChild } from './child.ts';
import type { ChildWork } from './child.ts';

/** What this work is called among the trainer's others. */
const HELP = 'help';
/** After help that failed the run's own trainer is left to it for so long, ms: it tells of what is wrong. */
const REST_MS = 60_000;

/** Ends help that is under way, so that work of the trainer's own has the machine. */
export async function endHelp(working: ReadonlyMap<string, ChildWork>): Promise<void> {
  const help = working.get(HELP);
  help?.stop();
  await help?.done.catch(() => undefined);
}

/**
 * Has a child answer shards of other trainers' pools while this trainer has nothing else to do. Work of its own that
 * comes meanwhile goes first: the child ends after its shard, or gives it back.
 */
export function createHelper(context: {
  db: Db;
  log: Logger;
  trainerId: string;
  working: Map<string, ChildWork>;
  engine: () => EngineReport | null;
}) {
  const { db, log, trainerId, working } = context;
  let restsUntil = 0;
  return {
    /** Looks whether help is wanted; returns at once. */
    async look(): Promise<void> {
      const own = working.get(HELP);
      if (own) {
        if (working.size > 1) own.stop();
        return;
      }
      const engine = context.engine();
      if (working.size > 0 || engine === null || Date.now() < restsUntil) return;
      // Which of its two this machine takes for itself may be a close race: it helps with either.
      const kinds: Answerer[] = engine.answers === null ? ['engine'] : ['engine', 'onnxruntime'];
      const answerers = kinds.map((answers) => answererOf(engine.name, answers));
      const wanted = await findHelpWanted(db, { trainerId, answerers });
      const answers = kinds.find((kind) => answererOf(engine.name, kind) === wanted);
      if (answers === undefined) return;
      const child = startChild({ type: 'help', trainerId, engine: engine.name, answers }, () => undefined);
      working.set(HELP, child);
      void child.done
        .catch((error: unknown) => {
          if (child.wasStopped()) return;
          restsUntil = Date.now() + REST_MS;
          log.warn({ err: error }, 'a shard of another trainer could not be answered');
        })
        .finally(() => {
          working.delete(HELP);
          return releasePredictionShards(db, trainerId);
        })
        .catch((error: unknown) => log.warn({ err: error }, 'a shard could not be given back'));
    },
  };
}
