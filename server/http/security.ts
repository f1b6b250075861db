import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Headers of every answer. Next reads the nonce from the request's policy and gives it to its own inline scripts,
 * so nothing else inline runs. `wasm-unsafe-eval` lets the try-out page compile TensorFlow.js' WebAssembly; eval stays
 * shut.
 */
export function secure(
  req: IncomingMessage,
  res: ServerResponse,
  options: { development: boolean; https: boolean },
): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'wasm-unsafe-eval'${options.development ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "connect-src 'self' blob: data: ws: wss:",
    "worker-src 'self' blob:",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "form-action 'self'",
  ].join('; ');
  req.headers['content-security-policy'] = policy;
  res.setHeader('Content-Security-Policy', policy);
  res.setHeader('X-Content-Type-Options', 'nosniff');
  res.setHeader('Referrer-Policy', 'same-origin');
  res.setHeader('X-Frame-Options', 'DENY');
  res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Permissions-Policy', 'camera=(self), microphone=(), geolocation=()');
  if (options.https) res.setHeader('Strict-Transport-Security', 'max-age=31536000');
}

/**
 * May a browser page from this origin talk to us? Only our own. Requests without an Origin (API clients) pass: they
 * carry a token.
 */
export function makeOriginCheck(publicUrl: string | undefined) {
  const own = publicUrl ? new URL(publicUrl).host : null;
  return (origin: string | undefined, host: string | undefined): boolean => {
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    const asked = new URL(origin).host;
    return asked === own || asked === host;
  };
}
