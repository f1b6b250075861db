import type { IncomingMessage } from 'node:http';

/** Its body is a file, which may take hours to come; one that stalls is ended by who reads it. */
export const isUpload = ({ method, url }: Pick<IncomingMessage, 'method' | 'url'>): boolean =>
  (method === 'PUT' && /^\/api\/projects\/[\w-]+\/(imports|backbones)\b/.test(url ?? '')) ||
  (method === 'POST' && /^\/api\/projects\/[\w-]+\/predict\b/.test(url ?? ''));
