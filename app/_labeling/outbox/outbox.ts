import type { Said } from '#core/text/said.ts';
import { readSaid } from '../../_lib/error.ts';
import type { ErrorWords } from '../../_lib/error.ts';
import { spokenText } from '../../_text/text.tsx';
import type { Operation, OutboxStore, Decision } from './outbox-store.ts';

/** What the server refused for good: a decision, or the undo of one, which then stands. */
export type Refusal = { message: string } & (
  | { type: 'submit'; decision: Decision }
  | { type: 'undo'; annotationId: string }
);

export interface OutboxState {
  /** Decisions and undos that the server has not acknowledged. */
  unsent: number;
  /** Of these, what this browser could not store: it is gone with the page. */
  unkept: number;
  /** Decisions and undos that the server refused for good since the page was opened. */
  refused: number;
  /** Why sending stopped, until it goes again; null while all is well. */
  trouble: { code: ErrorWords['code']; message: string } | null;
}

/** How the outbox reaches the server. A refusal for good is an answer; anything thrown is tried again. */
export interface OutboxWire {
  submit(decisions: Decision[]): Promise<{ id: string; ok: boolean; message?: string; said?: Said | null }[]>;
  undo(input: { id: string; annotationId: string }): Promise<{ imageId: string; token: number | null }>;
  readError(error: unknown): ErrorWords;
}

export interface OutboxListeners {
  changed(state: OutboxState): void;
  /** Something that was sent is settled on the server. */
  settled(): void;
  refused(refusal: Refusal): void;
  undone(result: { imageId: string; token: number | null }): void;
}

type SubmitOperation = Extract<Operation, { type: 'submit' }>;

const BATCH = 50;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 10_000;
/** Answers that sending again cannot change: the operation is given up and named. */
const FINAL: ReadonlySet<ErrorWords['code']> = new Set([
  'NOT_FOUND',
  'CONFLICT',
  'BAD_INPUT',
  'LEASE_LOST',
  'TOO_LARGE',
]);

/**
 * A durable, ordered outbox. An operation is in the store before it is sent, and leaves it only when the server has
 * acknowledged it, so a closed lid, a reload or an hour offline lose nothing; ids are made here, so sending twice
 * changes nothing. What cannot be stored is sent all the same, from memory, and counted as such.
 */
export class Outbox {
  private readonly store: OutboxStore;
  private readonly wire: OutboxWire;
  private readonly listeners: OutboxListeners;
  private queue: Operation[] = [];
  private lastSeq = 0;
  private sending: Promise<void> | null = null;
  private wait = FIRST_WAIT_MS;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private trouble: OutboxState['trouble'] = null;
  private closed = false;
  private readonly unkept = new Set<number>();
  private refused = 0;
  /** How many decisions go together; fewer while one among them may be what the server refuses. */
  private batch = BATCH;
  private waiting: (() => void)[] = [];

  constructor(store: OutboxStore, wire: OutboxWire, listeners: OutboxListeners) {
    this.store = store;
    this.wire = wire;
    this.listeners = listeners;
  }

  /** Takes up what an earlier page left behind, and sends it. */
  async open(): Promise<readonly Operation[]> {
    const left = await this.store.list().catch((): Operation[] => []);
    const known = new Set(this.queue.map((operation) => operation.seq));
    this.queue = [...left.filter((operation) => !known.has(operation.seq)), ...this.queue];
    this.tell();
    this.flush();
    return left;
  }

  submit(decision: Decision): void {
    this.add({ type: 'submit', seq: this.nextSeq(), submission: decision });
  }

  undo(id: string, annotationId: string): void {
    this.add({ type: 'undo', seq: this.nextSeq(), id, annotationId });
  }

  /** Sends now what waits: called when the connection is back. */
  flush(): void {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    if (this.closed || this.sending || this.queue.length === 0) return;
    this.sending = this.send().finally(() => {
      this.sending = null;
      if (!this.timer) this.flush();
    });
  }

  get unsent(): number {
    return this.queue.length;
  }

  /** Images whose decision the server has not acknowledged. */
  unsentImages(): ReadonlySet<string> {
    return new Set(this.queue.flatMap((item) => (item.type === 'submit' ? [item.submission.imageId] : [])));
  }

  /** Waits until nothing is unsent. False when something still is after `patienceMs`. */
  async drained(patienceMs: number): Promise<boolean> {
    if (this.queue.length === 0) return true;
    if (patienceMs <= 0) return false;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patienceMs);
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    return this.queue.length === 0;
  }

  /** Stops sending. What is unsent stays in the store. */
  close(): void {
    this.closed = true;
    if (this.timer) clearTimeout(this.timer);
  }

  private nextSeq(): number {
    this.lastSeq = Math.max(this.lastSeq + 1, Date.now() * 1000);
    return this.lastSeq;
  }

  private add(operation: Operation): void {
    this.queue.push(operation);
    this.tell();
    void this.keep(operation).then(() => this.flush());
  }

  private async keep(operation: Operation): Promise<void> {
    try {
      await this.store.put(operation);
    } catch {
      if (!this.queue.includes(operation)) return;
      this.unkept.add(operation.seq);
      this.tell();
    }
  }

  private async send(): Promise<void> {
    const head = this.queue[0];
    if (!head) return;
    const batch = this.nextBatch();
    try {
      const sent = head.type === 'undo' ? await this.sendUndo(head) : await this.sendDecisions(batch);
      this.wait = FIRST_WAIT_MS;
      this.trouble = null;
      this.batch = Math.min(BATCH, this.batch * 2);
      await this.drop(sent);
    } catch (error) {
      const words = this.wire.readError(error);
      if (FINAL.has(words.code)) {
        // One of many may be what is refused: halves find it, and the others go on.
        if (batch.length > 1) this.batch = Math.floor(batch.length / 2);
        else await this.giveUp(head, words.message);
        return;
      }
      this.trouble = { code: words.code, message: words.message };
      this.tell();
      this.timer = setTimeout(() => this.flush(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    }
  }

  private async sendUndo(operation: Extract<Operation, { type: 'undo' }>): Promise<Operation[]> {
    const undone = await this.wire.undo({ id: operation.id, annotationId: operation.annotationId });
    await this.carry(undone);
    this.listeners.undone(undone);
    return [operation];
  }

  /** A decision that was made anew before its undo was acknowledged could not know the lease that the undo brings. */
  private async carry({ imageId, token }: { imageId: string; token: number | null }): Promise<void> {
    const at = this.queue.findIndex(
      (operation) =>
        operation.type === 'submit' && operation.submission.imageId === imageId && operation.submission.token === null,
    );
    const waiting = this.queue[at];
    if (token === null || waiting?.type !== 'submit') return;
    const carried: Operation = { ...waiting, submission: { ...waiting.submission, token } };
    this.queue[at] = carried;
    await this.store.put(carried).catch(() => undefined);
  }

  /** The decisions that go together next; none where an undo comes first. */
  private nextBatch(): SubmitOperation[] {
    const batch: SubmitOperation[] = [];
    for (const operation of this.queue) {
      if (operation.type !== 'submit' || batch.length === this.batch) break;
      batch.push(operation);
    }
    return batch;
  }

  /** What sending again cannot change is said, and out of the way of what comes after. */
  private async giveUp(operation: Operation, message: string): Promise<void> {
    this.refuse(
      operation.type === 'submit'
        ? { type: 'submit', decision: operation.submission, message }
        : { type: 'undo', annotationId: operation.annotationId, message },
    );
    await this.drop([operation]);
  }

  private refuse(refusal: Refusal): void {
    this.refused += 1;
    this.listeners.refused(refusal);
  }

  private async sendDecisions(batch: readonly SubmitOperation[]): Promise<Operation[]> {
    const results = new Map(
      (await this.wire.submit(batch.map((operation) => operation.submission))).map((result) => [result.id, result]),
    );
    for (const { submission: decision } of batch) {
      const result = results.get(decision.id);
      if (!result || result.ok) continue;
      this.refuse({
        type: 'submit',
        decision,
        message: readSaid(result.said, result.message ?? spokenText().t('error.refused')),
      });
    }
    return batch.filter(({ submission }) => results.has(submission.id));
  }

  private async drop(sent: readonly Operation[]): Promise<void> {
    const seqs = new Set(sent.map((operation) => operation.seq));
    this.queue = this.queue.filter((operation) => !seqs.has(operation.seq));
    for (const seq of seqs) this.unkept.delete(seq);
    await this.store.remove([...seqs]).catch(() => undefined);
    this.tell();
    this.listeners.settled();
    if (this.queue.length > 0) return;
    for (const done of this.waiting.splice(0)) done();
  }

  private tell(): void {
    this.listeners.changed({
      unsent: this.queue.length,
      unkept: this.unkept.size,
      refused: this.refused,
      trouble: this.trouble,
    });
  }
}
