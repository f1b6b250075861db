import { Client } from 'pg';
import { EVENT_CHANNEL } from '#core/events.ts';
import type { DomainEvent } from '#core/events.ts';
import { isRunEnded, roundName } from '#core/run/run.ts';
import { getRunState } from '#db/queries/run/run-read.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import type { Services } from '#server/context.ts';
import type { Oracle } from './oracle.ts';

/** Between two looks at the run when no event comes, ms. */
const LOOK_MS = 2000;

export interface Follower {
  /** One line that replaces itself. */
  line(text: string): void;
  /** A round has ended. */
  ended(roundId: string): Promise<void>;
}

/** Listens to a run as a browser would, answers its review items, and returns when it has ended. */
export async function followRun(
  params: { services: Services; url: string; runId: string; oracle: Oracle },
  follower: Follower,
): Promise<{ status: string; message: string | null }> {
  const { services, url, runId, oracle } = params;
  const client = new Client({ connectionString: url });
  await client.connect();
  // One thing after the other: answers in the order in which items came.
  let queue: Promise<unknown> = Promise.resolve();
  const names = new Map<string, string>();
  const nameOf = async (roundId: string): Promise<string> => {
    if (!names.has(roundId)) {
      for (const state of await listRoundStates(services.db, runId))
        names.set(state.id, `${roundName(state).toLowerCase()} (${state.model})`);
    }
    return names.get(roundId) ?? 'round';
  };
  const handle = async (event: DomainEvent): Promise<void> => {
    if (event.name === 'review:arrived' && event.runId === runId) await oracle.answer(event.itemIds);
    if (event.name === 'round:ended' && event.runId === runId) await follower.ended(event.roundId);
    if (event.name === 'round:progressed' && event.runId === runId) {
      const left = event.secondsLeft === null ? '' : `, ${formatSeconds(event.secondsLeft)} left`;
      follower.line(`${await nameOf(event.roundId)}: ${event.stage} ${event.done}/${event.total}${left}`);
    }
  };
  client.on('notification', ({ payload }) => {
    if (!payload) return;
    queue = queue.then(() => handle(JSON.parse(payload) as DomainEvent));
    // What fails is thrown at the next look; until then it must not count as unhandled.
    queue.catch(() => undefined);
  });
  // Without its events the run is still looked at; a lost database shows there.
  client.on('error', () => undefined);
  await client.query(`listen ${EVENT_CHANNEL}`);
  try {
    for (;;) {
      await new Promise((tick) => setTimeout(tick, LOOK_MS));
      await queue;
      const { status, message } = await getRunState(services.db, runId);
      if (isRunEnded(status)) return { status, message };
      // An event that was lost must not leave the run waiting for ever.
      if (status === 'waiting-review') await oracle.answerAll();
    }
  } finally {
    await client.end();
  }
}

export const formatSeconds = (seconds: number): string =>
  seconds < 90 ? `${Math.ceil(seconds)} s` : `${Math.ceil(seconds / 60)} min`;
