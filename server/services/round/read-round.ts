import { packMap } from '#core/round/point-map.ts';
import type { PackedMap } from '#core/round/point-map.ts';
import { roundBefore } from '#core/round/order.ts';
import { ownSeconds } from '#core/run/run-time.ts';
import type { Db } from '#db/client.ts';
import type { Blind } from '#db/queries/blind.ts';
import { readMapPoints } from '#db/queries/round/round-read.ts';
import { getRound, listRounds } from '#db/queries/run/run-read.ts';
import type { RoundRow } from '#db/queries/run/run-read.ts';
import { listMapTags } from '../gallery/read-feature-map.ts';
import { readRoundFigures } from './read-figures.ts';
import { readStandings } from './read-standings.ts';

/** Points that a browser still draws without a slow frame. */
const MAP_POINTS = 100_000;

/** The round that flips are counted from: the one before it in its run. */
export const findPreviousRound = async (db: Db, round: Pick<RoundRow, 'runId' | 'index'>) =>
  roundBefore(await listRounds(db, { runId: round.runId }), round);

export async function readRound(db: Db, input: { projectId: string; roundId: string }) {
  const round = await getRound(db, input);
  const [figures, rounds] = await Promise.all([readRoundFigures(db, round), listRounds(db, { runId: round.runId })]);
  const previous = roundBefore(rounds, round);
  const standings = await readStandings(db, round.run, round, rounds);
  return {
    round,
    figures,
    /** Of its own work, without its control arm; null before it is measured. */
    seconds: ownSeconds(round, rounds),
    /** What it was judged by. */
    standings,
    previousRoundId: previous?.id ?? null,
    siblings: rounds.map(({ id, index, role, member, model }) => ({ id, index, role, member, model })),
  };
}

/** The pool's map as the one who looks may use it: points that are not theirs to open yet are marked. */
export async function readMap(
  db: Db,
  input: { projectId: string; roundId: string; blind: Blind | null },
): Promise<{ tags: string[]; map: PackedMap }> {
  const round = await getRound(db, input);
  const [previous, tags] = await Promise.all([findPreviousRound(db, round), listMapTags(db, input.projectId)]);
  const columns = await readMapPoints(db, {
    roundId: round.id,
    otherRoundId: previous?.id ?? null,
    tags,
    limit: MAP_POINTS,
    blind: input.blind,
  });
  return { tags, map: packMap(columns) };
}
