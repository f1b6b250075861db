import { createServer } from 'node:net';
import { ClearError } from './say.mjs';

/**
 * Whether the port is free, before anything is built; the supervisor asks again, and explains other troubles.
 * @param {{ port: number, host: string }} options
 */
export function requireFreePort({ port, host }) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if (error.code !== 'EADDRINUSE') return resolve(undefined);
      return reject(
        new ClearError(`Port ${port} is in use. Stop what uses it, or choose another: npm start -- --port ${port + 1}`),
      );
    });
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
