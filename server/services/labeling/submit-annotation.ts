import { AppError } from '#core/errors.ts';
import type { ErrorCode } from '#core/errors.ts';
import type { Said } from '#core/text/said.ts';
import { transactAndAnnounce } from '#db/notify.ts';
import type { Actor, Services } from '../../context.ts';
import { checkGold } from './check-gold.ts';
import { recordDecisions } from './record-decisions.ts';
import type { Decision } from './record-decisions.ts';
import { retryOnRace } from './retry-on-race.ts';

/** A decision as it arrives, with the page that it was made on. */
export type SentDecision = Decision & { source?: 'label' | 'review' | 'grid' };

export interface Submitted {
  id: string;
  ok: true;
  late: boolean;
  repeated: boolean;
}

/** Refused for good: sending it again cannot help. */
export interface Refused {
  id: string;
  ok: false;
  code: ErrorCode;
  message: string;
  said: Said | null;
}

/**
 * Takes decisions one after another, each in a transaction of its own. One that is refused does not stop those behind
 * it; anything unexpected does, and the outbox sends the rest again.
 */
export async function submitAnnotations(
  services: Pick<Services, 'pool'>,
  actor: Actor,
  projectId: string,
  items: readonly SentDecision[],
): Promise<(Submitted | Refused)[]> {
  const results: (Submitted | Refused)[] = [];
  for (const item of items) {
    try {
      results.push(await submitAnnotation(services, actor, projectId, item));
    } catch (error) {
      if (!(error instanceof AppError) || error.retryable) throw error;
      results.push({ id: item.id, ok: false, code: error.code, message: error.message, said: error.said });
    }
  }
  return results;
}

/** Takes one decision: once acknowledged it is durable. */
export const submitAnnotation = (
  { pool }: Pick<Services, 'pool'>,
  actor: Actor,
  projectId: string,
  item: SentDecision,
): Promise<Submitted> =>
  retryOnRace(() =>
    transactAndAnnounce(pool, async (announced) => {
      const source = item.reviewItemId ? 'review' : (item.source ?? 'label');
      const [recorded] = await recordDecisions(announced, actor, projectId, source, [item]);
      if (recorded?.goldClassId && !recorded.repeated) await checkGold(announced, actor, projectId);
      return { id: item.id, ok: true, late: recorded?.late ?? false, repeated: recorded?.repeated ?? false };
    }),
  );
