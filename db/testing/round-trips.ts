import type { Pool, PoolClient } from 'pg';

export interface RoundTrips {
  /**
   * How often something was written to a socket: what is issued side by side goes out at once, what waits for an answer
   * goes out again.
   */
  count: number;
  /** What was asked, in order. */
  statements: string[];
}

type Method = (...input: unknown[]) => unknown;

/** Watches the connections that a fresh pool will open. */
export function watchRoundTrips(pool: Pool): RoundTrips {
  const seen: RoundTrips = { count: 0, statements: [] };
  pool.on('connect', (client: PoolClient) => {
    const {
      connection: { stream },
    } = client as unknown as { connection: { stream: Record<'_write' | '_writev', Method> } };
    for (const name of ['_write', '_writev'] as const) {
      const write = stream[name].bind(stream);
      stream[name] = (...input) => {
        seen.count += 1;
        return write(...input);
      };
    }
    const query = client.query.bind(client) as Method;
    client.query = ((...input: [string | { text: string }]) => {
      seen.statements.push((typeof input[0] === 'string' ? input[0] : input[0].text).trim());
      return query(...input);
    }) as PoolClient['query'];
  });
  return seen;
}
