import { setTimeout as wait } from 'node:timers/promises';
import { AppError, storedError } from '#core/errors.ts';
import type { DomainEvent } from '#core/events.ts';
import { say } from '#core/text/said.ts';
import { toStored } from '#core/text/stored.ts';
import { explainFault, findFault } from '#db/fault.ts';
import { notify } from '#db/notify.ts';
import {
  beatSource,
  claimSource,
  getSource,
  releaseSource,
  stopSource,
  waitForPlace,
} from '#db/queries/source/source.ts';
import type { Source } from '#db/queries/source/source.ts';
import type { Services } from '../../context.ts';
import { openPlace } from './open-place.ts';
import type { OpenPlace, SourceNet } from './place.ts';
import { LetGo, listSource } from './sync-source.ts';
import { takeSource } from './take-source.ts';

const SWEEP_MS = 10_000;
const BEAT_MS = 15_000;
/** Sources that one server works on at a time. */
const SIDE_BY_SIDE = 3;
/** How long work under way may take to come to a stop with the server, ms. */
const STOP_MS = 5000;

type Runs = Pick<Services, 'db' | 'blobs' | 'env' | 'log'>;

/**
 * Works on sources: lists those that are due or were asked, takes what is to be taken, and goes on with what a server
 * that died has left. Of all servers one works on a source at a time.
 */
export function startSources(services: Runs, net: SourceNet = {}) {
  const { db, log } = services;
  const fail = (error: unknown): void => log.warn({ err: error }, 'sources could not be worked on; it is tried again');
  const busy = new Set<Promise<void>>();
  const state = { stopping: false, looking: null as Promise<void> | null, again: false };
  const look = async (): Promise<void> => {
    do {
      state.again = false;
      while (!state.stopping && busy.size < SIDE_BY_SIDE) {
        const row = await claimSource(db);
        if (!row) break;
        const working: Promise<void> = workOn(services, row, net, () => state.stopping)
          .catch(fail)
          .finally(() => {
            busy.delete(working);
            begin();
          });
        busy.add(working);
      }
    } while (state.again && !state.stopping);
  };
  const begin = (): void => {
    if (state.stopping) return;
    if (state.looking) state.again = true;
    else
      state.looking = look()
        .catch(fail)
        .finally(() => (state.looking = null));
  };
  const settle = async (): Promise<void> => {
    while (state.looking || busy.size > 0) await (state.looking ?? Promise.race(busy));
  };
  const timer = setInterval(begin, SWEEP_MS);
  begin();
  return {
    hear(event: DomainEvent): void {
      if (event.name === 'source:changed') begin();
    },
    begin,
    /** Waits until nothing is under way. */
    settle,
    async stop(): Promise<void> {
      state.stopping = true;
      clearInterval(timer);
      await Promise.race([settle(), wait(STOP_MS, undefined, { ref: false })]);
    },
  };
}

/** Does what a claimed source has to do. What a person can mend stands with it in the end. */
async function workOn(services: Runs, row: Source, net: SourceNet, isStopping: () => boolean): Promise<void> {
  const { db, log } = services;
  let isHeld = true;
  const beat = setInterval(
    () =>
      void beatSource(db, row).then(
        (held) => (isHeld = held),
        () => undefined,
      ),
    BEAT_MS,
  );
  const isOurs = (): boolean => isHeld && !isStopping();
  let place: OpenPlace | null = null;
  let isDone = true;
  try {
    place = await openPlace(services, row, net);
    if (row.work !== 'taking') await listSource(services, row, place, isOurs);
    const now = await getSource(db, row.projectId, row.id);
    if (now.work === 'taking' && now.fence === row.fence) await takeSource(services, now, place, isOurs);
  } catch (error) {
    if (error instanceof LetGo) return;
    // A database that is away is waited for: the source stays held until its time is over, then work goes on.
    const fault = error instanceof AppError ? null : findFault(error);
    if (fault === 'database' || fault === 'storage') {
      isDone = false;
      throw error;
    }
    if (!(error instanceof AppError)) log.error({ err: error, sourceId: row.id }, 'a source could not be worked on');
    const told = error instanceof AppError ? error : explainFault(error);
    // A place that does not answer is waited for, for about a day; anything else stops what was under way.
    const isWaiting = told?.code === 'UNAVAILABLE' && (await waitForPlace(db, row, storedError(told)));
    if (!isWaiting) await stopSource(db, row, told ? storedError(told) : toStored(say('refusal.sourceBroken')));
  } finally {
    clearInterval(beat);
    place?.close();
    if (isDone) await releaseSource(db, row).catch(() => undefined);
    await notify(db, { name: 'source:changed', projectId: row.projectId, sourceId: row.id }).catch(() => undefined);
  }
}
