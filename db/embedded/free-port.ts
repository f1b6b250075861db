import { createServer } from 'node:net';

/** The wanted port when it is free on 127.0.0.1, else any free one. */
export async function freePort(wanted = 0): Promise<number> {
  const listen = (port: number): Promise<number | null> =>
    new Promise((resolve) => {
      const server = createServer();
      server.once('error', () => resolve(null));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : null));
      });
    });
  const port = (wanted > 0 ? await listen(wanted) : null) ?? (await listen(0));
  if (port === null) throw new Error('No free TCP port on 127.0.0.1.');
  return port;
}
