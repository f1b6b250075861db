import { createStore, del, delMany, entries, set } from 'idb-keyval';
import type { UseStore } from 'idb-keyval';
import type { Inputs } from '../../_lib/api.ts';

export type Decision = Inputs['label']['submit']['annotations'][number];

/**
 * What a person did that the server has not acknowledged yet. `seq` grows: operations are sent in its order. A decision
 * is stored under its older name: a page kept offline since before reads the same store.
 */
export type Operation =
  | { type: 'submit'; seq: number; submission: Decision }
  | { type: 'undo'; seq: number; id: string; annotationId: string };

/** Where operations outlive the page. */
export interface OutboxStore {
  list(): Promise<Operation[]>;
  put(operation: Operation): Promise<void>;
  remove(seqs: readonly number[]): Promise<void>;
}

let database: UseStore | null = null;
/** A storage that answers nothing (some private windows) counts as none. */
const PATIENCE_MS = 3000;

/** Also what throws at once, or never ends, is a rejection. */
async function ask<T>(work: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('The storage of this browser does not answer.')), PATIENCE_MS);
  });
  try {
    return await Promise.race([work(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * IndexedDB, one key an operation; a member's are theirs alone, whoever else uses the browser. Where the browser has
 * none, or it is shut, each call rejects. Browser only.
 */
export function openOutboxStore(projectId: string, memberId: string): OutboxStore {
  database ??= createStore('pupil-outbox', 'operations');
  const store = database;
  const prefix = `${projectId}/${memberId}/`;
  const keyOf = (seq: number) => `${prefix}${String(seq).padStart(18, '0')}`;
  return {
    list: async () =>
      (await ask(() => entries<string, Operation>(store)))
        .filter(([key]) => key.startsWith(prefix))
        .map(([, operation]) => operation)
        .sort((a, b) => a.seq - b.seq),
    put: (operation) => ask(() => set(keyOf(operation.seq), operation, store)),
    remove: (seqs) =>
      ask(() =>
        seqs.length === 1 && seqs[0] !== undefined ? del(keyOf(seqs[0]), store) : delMany(seqs.map(keyOf), store),
      ),
  };
}
