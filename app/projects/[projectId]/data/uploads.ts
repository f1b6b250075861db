import { useSyncExternalStore } from 'react';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import { reasonOf, runUpload } from './upload.ts';
import type { Send, UploadPart, UploadState } from './upload.ts';

/** What an upload asks of the server about its import. */
export interface ImportCalls {
  start: (input: { name: string; total: number | null; classes: readonly string[] }) => Promise<{ id: string }>;
  end: (importId: string) => Promise<unknown>;
  fail: (importId: string, said: Said) => Promise<unknown>;
  send: (importId: string) => Send;
}

/** An upload outlives the page that began it: it is kept here, one a project, until the tab closes. */
export interface Upload {
  importId: string;
  name: string;
  state: UploadState;
  calls: ImportCalls;
  cancel: () => void;
}

const uploads = new Map<string, Upload>();
const listeners = new Set<() => void>();

const set = (projectId: string, upload: Upload | null): void => {
  if (upload === null) uploads.delete(projectId);
  else uploads.set(projectId, upload);
  for (const listener of listeners) listener();
};

const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
const watchLeaving = (): void => {
  const busy = [...uploads.values()].some((upload) => upload.state.phase === 'sending');
  if (busy) window.addEventListener('beforeunload', warn);
  else window.removeEventListener('beforeunload', warn);
};

interface UploadPlan {
  projectId: string;
  name: string;
  parts: readonly UploadPart[];
  problems: UploadState['problems'];
  /** Made before the files come, in this order. */
  classes?: readonly string[];
  calls: ImportCalls;
}

/**
 * Opens an import and sends the parts into it; resolves once it is open. The import ends when all of it has been taken,
 * and fails with the reason when not. Where even that cannot be said, the server gives it up after a while (IMAGE-8).
 */
export const startUpload = async ({
  projectId,
  name,
  parts,
  problems,
  classes = [],
  calls,
}: UploadPlan): Promise<void> => {
  const total = parts.every(({ kind }) => kind === 'image') ? parts.length : null;
  const { id: importId } = await calls.start({ name, total, classes });
  const running = runUpload({
    parts,
    problems,
    send: calls.send(importId),
    onChange: (state) => {
      set(projectId, { importId, name, state, calls, cancel: () => running.cancel() });
      watchLeaving();
    },
  });
  void running.finished
    .then(({ reason }) => (reason === null ? calls.end(importId) : calls.fail(importId, reason)))
    .catch(() => undefined);
};

/**
 * Sends again what could not be sent, as an import of its own. The earlier one has failed, or is failed now if it could
 * not be told so before.
 */
export const retryUpload = async (projectId: string): Promise<void> => {
  const upload = uploads.get(projectId);
  if (upload === undefined) return;
  const { importId, name, calls, state } = upload;
  const parts = state.failed.map(({ part }) => part);
  await calls.fail(importId, say('error.sentAgain', { why: reasonOf(state.failed[0]) }));
  await startUpload({ projectId, name, calls, parts, problems: state.problems });
};

export const forgetUpload = (projectId: string): void => set(projectId, null);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

export const useUpload = (projectId: string): Upload | null =>
  useSyncExternalStore(
    subscribe,
    () => uploads.get(projectId) ?? null,
    () => null,
  );
