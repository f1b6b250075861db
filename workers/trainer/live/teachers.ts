import type { Logger } from 'pino';
import type { Database } from '#db/client.ts';
import type { PreparedPool } from './prepare-pool.ts';
import { teachProject } from './teach-project.ts';

/** Answers that come close together are learned together: this long after the first of them, ms. */
const GATHER_MS = 300;
/** Images that stay prepared at a time; what was taught longest ago goes first. */
const KEPT_IMAGES = 1_500_000;
const KEPT_PROJECTS = 8;

export interface Teachers {
  /** Something of this project changed. */
  hear(projectId: string): void;
  /** Holds are lost: whatever was prepared may be another one's now. */
  forget(): void;
  /** When all that was heard until now is learned. */
  idle(): Promise<void>;
}

/**
 * Teaches projects one after the other, each as soon as it was heard of, and again when more came meanwhile. A project
 * is taught by whoever holds it; one that takes long waits as long before it is taught again, so that others have
 * their turn.
 */
export function createTeachers(options: {
  db: Database['db'];
  log: Logger;
  hold: (projectId: string) => Promise<boolean>;
  release: (projectId: string) => Promise<void>;
  gatherMs?: number;
}): Teachers {
  const { db, log, hold, release, gatherMs = GATHER_MS } = options;
  const kept = new Map<string, PreparedPool | null>();
  const due = new Map<string, number>();
  const restUntil = new Map<string, number>();
  let working: Promise<void> | null = null;
  let timer: NodeJS.Timeout | null = null;

  const teach = async (projectId: string): Promise<void> => {
    if (!kept.has(projectId) && !(await hold(projectId))) return;
    const started = performance.now();
    const before = kept.get(projectId) ?? null;
    // The newest last.
    kept.delete(projectId);
    kept.set(projectId, before);
    const pool = await teachProject(db, projectId, before);
    kept.set(projectId, pool);
    const took = performance.now() - started;
    // Making a pool ready takes long and comes once: the answers right after it are not to wait for that.
    if (pool === before) restUntil.set(projectId, performance.now() + took);
    log.debug({ projectId, ms: Math.round(took) }, 'taught');
    await letGo();
  };

  const letGo = async (): Promise<void> => {
    let images = [...kept.values()].reduce((sum, pool) => sum + (pool?.ids.length ?? 0), 0);
    for (const [projectId, pool] of kept) {
      if (kept.size <= 1 || (images <= KEPT_IMAGES && kept.size <= KEPT_PROJECTS)) return;
      kept.delete(projectId);
      restUntil.delete(projectId);
      images -= pool?.ids.length ?? 0;
      await release(projectId);
    }
  };

  const next = (): [string, number] | null => {
    let first: [string, number] | null = null;
    for (const [projectId, at] of due) {
      const when = Math.max(at, restUntil.get(projectId) ?? 0);
      if (first === null || when < first[1]) first = [projectId, when];
    }
    return first;
  };

  const schedule = (): void => {
    if (working !== null) return;
    if (timer) clearTimeout(timer);
    const first = next();
    if (first === null) return;
    timer = setTimeout(
      () => {
        const [projectId] = first;
        due.delete(projectId);
        working = teach(projectId)
          .catch((error: unknown) => {
            log.warn({ err: error, projectId }, 'the live teacher could not learn');
            restUntil.set(projectId, performance.now() + 10_000);
          })
          .finally(() => {
            working = null;
            schedule();
          });
      },
      Math.max(0, first[1] - performance.now()),
    );
  };

  return {
    hear: (projectId) => {
      if (!due.has(projectId)) due.set(projectId, performance.now() + gatherMs);
      schedule();
    },
    forget: () => kept.clear(),
    idle: async () => {
      const busy = (): boolean => due.size > 0 || working !== null;
      while (busy()) await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}
