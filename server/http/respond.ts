import type { ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { AppError } from '#core/errors.ts';
import { explainFault } from '#db/fault.ts';

export function sendJson(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  res.end(JSON.stringify(body));
}

/** Answers a failure with its code and its sentence; a bug becomes a request id. */
export function sendError(res: ServerResponse, error: unknown, where: { log: Logger; requestId: string }): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  // What is still coming is not waited for.
  if (!res.req.complete) res.setHeader('connection', 'close');
  const told = error instanceof AppError ? error : explainFault(error);
  if (told) {
    if (told.code === 'UNAVAILABLE') where.log.warn({ err: error }, told.message);
    sendJson(res, told.status, { code: told.code, message: told.message, said: told.said });
    return;
  }
  where.log.error({ err: error, requestId: where.requestId }, 'a request failed');
  sendJson(res, 500, { code: 'INTERNAL', message: `Something went wrong on our side. Request ${where.requestId}.` });
}
