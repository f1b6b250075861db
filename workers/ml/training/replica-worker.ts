/** A thread of the pool: one engine of its own, one replica of each open model. Built into dist/replica-worker.js. */
import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { openEngine } from '../engine/engine.ts';
import type { ReplicaReply, ReplicaRequest, ReplicaStart } from './replica-messages.ts';
import { Replica } from './replica-work.ts';

const { engine, wasmPath } = workerData as ReplicaStart;
const ready = openEngine(engine, { threads: 1, ...(wasmPath === null ? {} : { wasmPath }) });
const replica = new Replica();

async function answer(request: ReplicaRequest): Promise<ReplicaReply> {
  const { call } = request;
  try {
    const opened = await ready;
    if (opened.name !== engine)
      return {
        call,
        code: 'UNAVAILABLE',
        why: say('learning.threadEngine', { engine }),
      };
    if (request.type === 'gradients') return { call, result: await replica.gradients(request.id, request.shard) };
    if (request.type === 'predict') return { call, result: await replica.predict(request.id, request.pixels) };
    if (request.type === 'open') replica.open(request.session, request.changes);
    else replica.close(request.id);
    return { call, result: null };
  } catch (error) {
    if (error instanceof AppError) return { call, code: error.code, why: error.why };
    return { call, error: error instanceof Error ? error.message : String(error) };
  }
}

parentPort?.on('message', (request: ReplicaRequest) => {
  void answer(request).then((reply) => parentPort?.postMessage(reply));
});
