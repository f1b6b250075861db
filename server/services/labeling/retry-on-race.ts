/** Postgres: a deadlock was broken, or a unique index settled a race. The loser only has to look again. */
const RACES = new Set(['40P01', '40001', '23505']);
const TRIES = 4;

/** Runs `work` again when it lost a race inside the database. */
export async function retryOnRace<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= TRIES || !RACES.has(sqlState(error) ?? '')) throw error;
    }
  }
}

function sqlState(error: unknown): string | null {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && at.code.length === 5) return at.code;
  }
  return null;
}
