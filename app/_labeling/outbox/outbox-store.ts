import { createStore, del, delMany, entries, set } from 'idb-keyval';
import type { UseStore } from 'idb-keyval';
import type { Inputs } from '../../_lib/api.ts';

export type Submission = Inputs['label']['submit']['annotations'][number];

/** What a person did that the server has not acknowledged yet. `seq` grows: operations are sent in its order. */
export type Operation =
  | { type: 'submit'; seq: number; submission: Submission }
  | { type: 'undo'; seq: number; id: string; annotationId: string };

/** Where operations outlive the page. */
export interface OutboxStore {
  list(): Promise<Operation[]>;
  put(operation: Operation): Promise<void>;
  remove(seqs: readonly number[]): Promise<void>;
}

let database: UseStore | null = null;

/** IndexedDB, one key an operation; a member's are theirs alone, whoever else uses the browser. Browser only. */
export function openOutboxStore(projectId: string, memberId: string): OutboxStore {
  database ??= createStore('pupil-outbox', 'operations');
  const store = database;
  const prefix = `${projectId}/${memberId}/`;
  const keyOf = (seq: number) => `${prefix}${String(seq).padStart(18, '0')}`;
  return {
    list: async () =>
      (await entries<string, Operation>(store))
        .filter(([key]) => key.startsWith(prefix))
        .map(([, operation]) => operation)
        .sort((a, b) => a.seq - b.seq),
    put: (operation) => set(keyOf(operation.seq), operation, store),
    remove: (seqs) =>
      seqs.length === 1 && seqs[0] !== undefined ? del(keyOf(seqs[0]), store) : delMany(seqs.map(keyOf), store),
  };
}
