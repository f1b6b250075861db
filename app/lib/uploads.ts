import { useSyncExternalStore } from 'react';
import { makeSend, planUpload, runUpload } from './upload.ts';
import type { PickedFile, UploadPart, UploadState } from './upload.ts';

/** An upload outlives the page that began it: it is kept here, one a project, until the tab closes. */
export interface Upload {
  importId: string;
  folderLabels: boolean;
  state: UploadState;
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

const send = (projectId: string, importId: string, folderLabels: boolean, parts: readonly UploadPart[], problems: UploadState['problems'], onComplete: () => void): void => {
  const running = runUpload({
    parts,
    problems,
    send: makeSend(projectId, importId, folderLabels),
    onChange: (state) => {
      set(projectId, { importId, folderLabels, state, cancel: () => running.cancel() });
      watchLeaving();
    },
  });
  void running.finished.then(({ complete }) => complete && onComplete());
};

export const startUpload = (params: { projectId: string; importId: string; folderLabels: boolean; picked: readonly PickedFile[]; onComplete: () => void }): void => {
  const { parts, problems } = planUpload(params.picked, params.folderLabels);
  send(params.projectId, params.importId, params.folderLabels, parts, problems, params.onComplete);
};

/** Sends again what could not be sent, into the same import. */
export const retryUpload = (projectId: string, onComplete: () => void): void => {
  const upload = uploads.get(projectId);
  if (upload === undefined) return;
  send(projectId, upload.importId, upload.folderLabels, upload.state.failed.map((one) => one.part), upload.state.problems, onComplete);
};

export const forgetUpload = (projectId: string): void => set(projectId, null);

const subscribe = (listener: () => void): (() => void) => {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
};

export const useUpload = (projectId: string): Upload | null =>
  useSyncExternalStore(subscribe, () => uploads.get(projectId) ?? null, () => null);
