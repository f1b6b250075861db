import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Server } from 'node:https';
import type { Socket } from 'node:net';
import type { Certificate } from '../net/certificate.ts';
import { makeOriginRule } from '../net/origin.ts';

/** The first byte of a TLS handshake. */
const TLS = 22;
/** A connection that says nothing for so long is closed, ms. */
const SILENT_MS = 10_000;

/**
 * An https server whose port also understands plain http, and sends it to https: whoever types `labbox:3000` arrives.
 * Not for good: the next start may be without --https.
 */
export function createOnePort(certificate: Certificate, listener: RequestListener): Server {
  const secure = createSecureServer(certificate, listener);
  const { originOf } = makeOriginRule({ urls: [], proxies: [] });
  const redirect = createServer((req, res) => {
    const origin = originOf(req)?.replace(/^http:/, 'https:');
    const path = req.url?.startsWith('/') ? req.url : '/';
    if (origin === undefined) res.writeHead(400).end('This port speaks https.');
    else res.writeHead(307, { location: `${origin}${path}`, connection: 'close' }).end();
  });
  const ours = secure.listeners('connection');
  secure.removeAllListeners('connection');
  secure.on('connection', (socket: Socket) => {
    const drop = () => socket.destroy();
    socket.setTimeout(SILENT_MS, drop);
    socket.once('error', drop);
    socket.once('data', (first: Buffer) => {
      socket.pause();
      socket.setTimeout(0);
      socket.off('timeout', drop);
      socket.off('error', drop);
      socket.unshift(first);
      if (first[0] === TLS) for (const hear of ours) hear.call(secure, socket);
      else redirect.emit('connection', socket);
      process.nextTick(() => socket.resume());
    });
  });
  return secure;
}
