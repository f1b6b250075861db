import { createServer } from 'node:net';
import { ClearError } from './say.mjs';

/**
 * Throws one clear line unless we may listen on the port. Asked before anything slow happens: before a build, and by
 * the supervisor.
 * @param {number} port
 * @param {string} host
 * @returns {Promise<void>}
 */
export function requirePort(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => reject(new ClearError(explain(error, port, host))));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}

function explain(error, port, host) {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} is in use. Stop what uses it, or choose another: npm start -- --port ${port + 1}`;
  if (error.code === 'EACCES')
    return `Port ${port} may not be opened by this user. Choose one above 1023: npm start -- --port 3000`;
  return `Cannot listen on ${host}:${port} (${error.code}). Choose another address: npm start -- --host 127.0.0.1`;
}
