/** How long the model that answers is known without asking the database again, ms. */
const HELD_MS = 1000;
/** Projects and rounds that are held; beyond it all are forgotten. */
const KEPT = 1000;

interface Held<T> {
  projectId: string;
  model: Promise<T>;
  until: number;
}

/**
 * Which model answers for a project, for a moment: requests that come together ask the database once. What changes it
 * (a promotion, a round that ends, a run that goes, a class that is renamed) is forgotten by `forget`: at once on the
 * server that changed it, with its event on every other; the second is for what no event tells. Failures are shared by
 * who waits for them and held by nobody.
 */
export function createHeldModels<T>(now: () => number = Date.now) {
  const held = new Map<string, Held<T>>();
  return {
    find(place: { projectId: string; roundId: string | null }, load: () => Promise<T>): Promise<T> {
      const key = `${place.projectId}:${place.roundId ?? ''}`;
      const known = held.get(key);
      if (known && known.until > now()) return known.model;
      if (held.size >= KEPT) held.clear();
      // Its second begins when it is known, so that who comes meanwhile waits for the same.
      const made: Held<T> = { projectId: place.projectId, model: load(), until: Infinity };
      held.set(key, made);
      made.model.then(
        () => (made.until = now() + HELD_MS),
        () => held.get(key) === made && held.delete(key),
      );
      return made.model;
    },
    /** What was being found out at this moment counts no more either. */
    forget(projectId: string): void {
      for (const [key, one] of held) if (one.projectId === projectId) held.delete(key);
    },
    /** Events may have been missed. */
    clear(): void {
      held.clear();
    },
  };
}

export type HeldModels<T> = ReturnType<typeof createHeldModels<T>>;
