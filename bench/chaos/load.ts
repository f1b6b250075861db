import { setTimeout as wait } from 'node:timers/promises';
import { Refused } from './people.ts';
import { STAGES, TURNS } from './stages.ts';
import type { StageName, World } from './stages.ts';

/** Work that is not waited for when people pause: it goes on through faults and checks. */
const LONG: ReadonlySet<StageName> = new Set(['training', 'export']);

/** People at work in every stage at once, each beginning anew when they are done. */
export function createLoad(world: World) {
  const busy = new Map<StageName, Promise<void>>();
  const turns = new Map<StageName, number>();
  let running = false;
  let byHand = 0;
  let troubles: string[] = [];

  const begin = (stage: StageName): void => {
    const turn = (turns.get(stage) ?? 0) + 1;
    turns.set(stage, turn);
    const work = TURNS[stage](world, turn)
      .catch(async (error: unknown) => {
        byHand += 1;
        const words = error instanceof Error ? error.message : String(error);
        troubles.push(`${error instanceof Refused ? 'refused' : 'given up'} in ${stage}: ${words}`);
        await wait(1000);
      })
      .finally(() => {
        busy.delete(stage);
        if (running) begin(stage);
      });
    busy.set(stage, work);
  };
  const settle = async (isWaitedFor: (stage: StageName) => boolean): Promise<void> => {
    running = false;
    await Promise.all([...busy].flatMap(([stage, work]) => (isWaitedFor(stage) ? [work] : [])));
  };
  return {
    async go(): Promise<void> {
      running = true;
      for (const stage of STAGES) if (!busy.has(stage)) begin(stage);
      await wait(300);
    },
    /** Which stages are at it. */
    busy: () =>
      Object.fromEntries(STAGES.map((stage) => [stage, busy.has(stage) ? 1 : 0])) as Record<StageName, number>,
    /** Finishes what is in hand; tells how often somebody could not go on by themselves since the last time. */
    async pause(): Promise<number> {
      await settle((stage) => !LONG.has(stage));
      const count = byHand;
      byHand = 0;
      return count;
    },
    /** What could not go on, in words, since the last time. */
    troubles(): string[] {
      const told = troubles;
      troubles = [];
      return told;
    },
    end: () => settle(() => true),
  };
}
