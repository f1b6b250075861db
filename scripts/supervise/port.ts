import { createServer } from 'node:net';
import { ClearError } from './clear-error.ts';

/** Throws one clear line unless we may listen on the port. Asked before anything slow happens. */
export function requirePort(port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(new ClearError(explain(error, port, host))));
    server.listen(port, host, () => server.close(() => resolve()));
  });
}

function explain(error: NodeJS.ErrnoException, port: number, host: string): string {
  if (error.code === 'EADDRINUSE')
    return `Port ${port} is in use. Stop what uses it, or choose another: npm start -- --port ${port + 1}`;
  if (error.code === 'EACCES')
    return `Port ${port} may not be opened by this user. Choose one above 1023: npm start -- --port 3000`;
  return `Cannot listen on ${host}:${port} (${error.code}). Choose another address: npm start -- --host 127.0.0.1`;
}
