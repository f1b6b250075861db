import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { AppError } from '#core/errors.ts';
import { explainFault } from '#db/fault.ts';
import { dropRest } from './body.ts';
import { isUpload } from './upload/is-upload.ts';

const JSON_HEAD = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' };

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, JSON_HEAD);
  res.end(JSON.stringify(body));
}

/** Answers whoever is still sending: the answer is whole with its last byte, the connection ends when all has come. */
function sendBefore(res: ServerResponse, status: number, body: unknown): void {
  const text = Buffer.from(JSON.stringify(body));
  res.writeHead(status, { ...JSON_HEAD, 'content-length': text.length, connection: 'close' });
  res.write(text);
  void dropRest(res.req).then(() => res.end());
}

/** Answers a failure with its code and its sentence; a bug becomes a request id. */
export function sendError(res: ServerResponse, error: unknown, where: { log: Logger; requestId: string }): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const isComing = !res.req.complete;
  // What is still coming of a call is not waited for.
  if (isComing) res.setHeader('connection', 'close');
  const send = isComing && isUpload(res.req) ? sendBefore : sendJson;
  const told = error instanceof AppError ? error : explainFault(error);
  if (told) {
    if (told.code === 'UNAVAILABLE') where.log.warn({ err: error }, told.message);
    send(res, told.status, { code: told.code, message: told.message, said: told.said });
    return;
  }
  where.log.error({ err: error, requestId: where.requestId }, 'a request failed');
  send(res, 500, { code: 'INTERNAL', message: `Something went wrong on our side. Request ${where.requestId}.` });
}
