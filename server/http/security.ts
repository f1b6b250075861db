import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isTrustworthy } from '../net/origin.ts';

/**
 * Headers of every answer. Next reads the nonce from the request's policy and gives it to its own inline scripts,
 * so nothing else inline runs. `wasm-unsafe-eval` lets the try-out page compile TensorFlow.js' WebAssembly; eval stays
 * shut.
 */
export function secure(
  req: IncomingMessage,
  res: ServerResponse,
  options: { development: boolean; origin: string | null; named: readonly string[] },
): void {
  const { origin, named } = options;
  // 'self' speaks for sockets too, but not in every browser; http becomes ws, https wss.
  const sockets = [...new Set([...(origin === null ? [] : [origin]), ...named])].map((own) =>
    own.replace(/^http/, 'ws'),
  );
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'wasm-unsafe-eval'${options.development ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    ["connect-src 'self' blob: data:", ...sockets].join(' '),
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
  if (isTrustworthy(origin)) res.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  res.setHeader('Permissions-Policy', 'camera=(self), microphone=(), geolocation=()');
  // It binds every port of the name for a year: only where the operator said that people come by https.
  if (origin?.startsWith('https:') && named.includes(origin))
    res.setHeader('Strict-Transport-Security', 'max-age=31536000');
}
