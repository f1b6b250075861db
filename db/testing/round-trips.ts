import type { Pool, PoolClient } from 'pg';

export interface RoundTrips {
  /** How often something was written to a socket after an answer was read from it. */
  count: number;
  /** What was asked, in order. */
  statements: string[];
}

/** Watches the connections that a fresh pool will open. Trips are counted at the socket: a statement that the driver holds back until the one before is answered makes its own. */
export function watchRoundTrips(pool: Pool): RoundTrips {
  const seen: RoundTrips = { count: 0, statements: [] };
  pool.on('connect', (client: PoolClient) => {
    const { connection: { stream } } = client as unknown as { connection: { stream: NodeJS.ReadWriteStream } };
    const query = client.query.bind(client) as (...input: unknown[]) => unknown;
    const write = stream.write.bind(stream) as (...input: unknown[]) => boolean;
    let writing = false;
    client.query = ((...input: [{ text: string }]) => {
      seen.statements.push(input[0].text.trim());
      return query(...input);
    }) as PoolClient['query'];
    stream.write = (...input: unknown[]) => {
      if (!writing) seen.count += 1;
      writing = true;
      return write(...input);
    };
    stream.prependListener('data', () => { writing = false; });
  });
  return seen;
}
