import { createPostgresBackend, withBackend } from 'bullmq';
import type { Job } from 'bullmq';

/** What a job names: the row it serves. Its id is that row's id, so that a row never has two jobs. */
export interface JobData {
  id: string;
}

const { Queue, Worker } = withBackend(createPostgresBackend);

export type QueueName = 'run' | 'export' | 'embed' | 'trial';

/** A killed trainer's job is taken over after at most LOCK + STALLED_CHECK. */
const LOCK_MS = 4000;
const STALLED_CHECK_MS = 2000;
const SCHEMA = 'bullmq';

export interface JobQueue {
  /** Queues a row that has no job. A row whose job waits or runs is left alone. */
  add(id: string): Promise<void>;
  close(): Promise<void>;
}

/** Jobs go when they end: the row says what became of them, and may be queued again. */
const JOB = {
  removeOnComplete: true,
  removeOnFail: true,
  attempts: 4,
  backoff: { type: 'exponential' as const, delay: 1500 },
};

export async function openQueue(url: string, name: QueueName, onError: (error: Error) => void): Promise<JobQueue> {
  const queue = new Queue<JobData>(name, {
    connection: { connectionString: url, schema: SCHEMA, migrate: true, max: 2 },
  });
  queue.on('error', onError);
  await queue.waitUntilReady();
  return {
    add: async (id) => void (await queue.add(name, { id }, { ...JOB, jobId: id })),
    close: () => queue.close(),
  };
}

/**
 * Takes one job at a time. A job that throws is tried again with growing pauses; the last failure is told to
 * `onGivenUp`.
 */
export async function workQueue(
  url: string,
  name: QueueName,
  options: {
    work: (id: string) => Promise<void>;
    onGivenUp: (id: string, error: Error) => Promise<void>;
    onError: (error: Error) => void;
  },
): Promise<{ close(): Promise<void> }> {
  const worker = new Worker<JobData>(name, (job: Job<JobData>) => options.work(job.data.id), {
    connection: { connectionString: url, schema: SCHEMA, migrate: true, max: 3 },
    concurrency: 1,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_CHECK_MS,
    maxStalledCount: 1000,
  });
  worker.on('error', options.onError);
  worker.on('failed', (job, error) => {
    if (job && job.attemptsMade >= (job.opts.attempts ?? 1))
      void options.onGivenUp(job.data.id, error).catch(options.onError);
  });
  await worker.waitUntilReady();
  return { close: () => worker.close(true) };
}
