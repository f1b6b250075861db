import type { Paired, Standings } from '#core/round/verdict.ts';
import type { Db } from '#db/client.ts';
import type { listRounds, RoundRow } from '#db/queries/run/run-read.ts';
import { readPaired } from './compare-rounds.ts';

type Row = Awaited<ReturnType<typeof listRounds>>[number];

/**
 * What a round was judged by. Rounds from before this was frozen with them are compared as the answers stand now, with
 * their control arm alone: whose average taught them is not told by one pair.
 */
export async function readStandings(
  db: Db,
  run: RoundRow['run'],
  round: Row,
  rounds: readonly Row[],
): Promise<Standings> {
  if (round.standings) return round.standings;
  const control =
    round.role === 'student' || round.role === 'distilled'
      ? rounds.find(({ role, index, metrics }) => role === 'control' && index === round.index && metrics !== null)
      : undefined;
  if (!control || !round.metrics) return { teacher: null, control: null };
  const { difference, interval, n } = (await readPaired(db, { id: control.id, run }, { id: round.id, run })).total;
  const paired: Paired = { difference, interval, n };
  return { teacher: null, control: n === 0 ? null : paired };
}
