import { isHidden } from '#core/formats/read-folders.ts';
import { NO_LABEL } from '#core/proposal/label-book.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import { IMAGE_KINDS, IMAGE_NAME } from '#core/image/image-files.ts';
import type { LayoutId, ProposalChoice } from '#core/proposal/propose.ts';

/** A file with its path inside the dropped folder. */
export interface PickedFile {
  path: string;
  file: File;
}

export interface UploadPart extends FileLabel {
  name: string;
  /** `labels`: a table of labels for images that are there already or come along. */
  kind: 'image' | 'zip' | 'labels';
  file: File;
}

export interface FileProblem {
  file: string;
  message: string;
}

/** Files that are sent as images; the server tells by their bytes what they are. */
export const isImage = ({ path, file }: PickedFile): boolean =>
  IMAGE_NAME.test(path) || ((file.type ?? '').startsWith('image/') && !file.type.includes('svg'));
export const ZIP = /\.zip$/iu;
export const LABELS = /\.(csv|tsv|json|jsonl|xml)$/iu;

/**
 * Sorts picked files into what is sent, and names what is not. Hidden files are left out silently.
 * @param labelOf what the proposal says of each image; label files that come along are in it, and are sent only alone
 */
export const planUpload = (
  picked: readonly PickedFile[],
  labelOf: (path: string) => FileLabel | null = () => null,
): { parts: UploadPart[]; problems: FileProblem[] } => {
  const visible = picked.filter(({ path }) => !isHidden(path));
  // Beside loose images a label file is read here; a zip is read where it arrives, and so is what lies beside it.
  const isRead = visible.some(isImage) && !visible.some(({ path }) => ZIP.test(path));
  const parts: UploadPart[] = [];
  const problems: FileProblem[] = [];
  for (const { path, file } of visible) {
    if (ZIP.test(path)) parts.push({ name: path, kind: 'zip', file, ...NO_LABEL });
    else if (isImage({ path, file })) {
      parts.push({ name: path, kind: 'image', file, ...(labelOf(path) ?? NO_LABEL) });
    } else if (LABELS.test(path) || (visible.length === 1 && /\.txt$/iu.test(path))) {
      if (!isRead) parts.push({ name: path, kind: 'labels', file, ...NO_LABEL });
    } else
      problems.push({
        file: path,
        message: `Not an image that Pupil reads. Use ${IMAGE_KINDS}, a zip of them, or a label file.`,
      });
  }
  return { parts, problems };
};

export interface UploadState {
  phase: 'sending' | 'paused' | 'done';
  /** Parts that have been taken. */
  sent: number;
  total: number;
  sentBytes: number;
  totalBytes: number;
  startedAt: number;
  /** Files that were not sent, because they could not be or because somebody stopped; they can be sent again. */
  failed: readonly (FileProblem & { part: UploadPart })[];
  problems: readonly FileProblem[];
}

/** Sends one part. Rejects with SendError. `onBytes` hears how much of the body has gone out. */
export type Send = (part: UploadPart, onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<void>;

export class SendError extends Error {
  /** Can the same request work later? */
  readonly retryable: boolean;

  constructor(message: string, retryable: boolean) {
    super(message);
    this.name = 'SendError';
    this.retryable = retryable;
  }
}

const SIDE_BY_SIDE = 6;
/** Of one image, as many as stand in an address. */
const ANSWERS_MOST = 40;
const TRIES = 4;

export interface UploadOptions {
  parts: readonly UploadPart[];
  problems: readonly FileProblem[];
  send: Send;
  /** Waits before the n-th repeat. */
  wait?: (attempt: number) => Promise<void>;
  now?: () => number;
  onChange: (state: UploadState) => void;
}

export interface UploadEnd {
  /** Everything has been taken. */
  complete: boolean;
  /** Why not, as a sentence for the list of imports. */
  reason: string | null;
}

const STOPPED = 'Stopped.';

const backOff = (attempt: number): Promise<void> =>
  new Promise((done) => setTimeout(done, Math.min(8000, 500 * 2 ** attempt)));

/**
 * Sends parts, a few side by side. What cannot be sent after several tries is set aside and the rest goes on; sending a
 * part twice is harmless, because the server knows images by content. Label files go last: they name images that must
 * be there.
 */
export const runUpload = ({ parts, problems, send, wait = backOff, now = Date.now, onChange }: UploadOptions) => {
  const abort = new AbortController();
  const underway = new Map<UploadPart, number>();
  const failed: (FileProblem & { part: UploadPart })[] = [];
  let doneBytes = 0;
  let sent = 0;
  const base = {
    total: parts.length,
    totalBytes: parts.reduce((sum, part) => sum + part.file.size, 0),
    startedAt: now(),
    problems,
  };
  const tell = (phase: UploadState['phase']) => {
    const inFlight = [...underway.values()].reduce((sum, bytes) => sum + bytes, 0);
    onChange({ ...base, phase, sent, sentBytes: doneBytes + inFlight, failed: [...failed] });
  };
  const sendOne = async (part: UploadPart): Promise<void> => {
    for (let attempt = 0; ; attempt += 1) {
      try {
        if (abort.signal.aborted) throw new SendError(STOPPED, false);
        underway.set(part, 0);
        await send(
          part,
          (bytes) => {
            underway.set(part, bytes);
            tell('sending');
          },
          abort.signal,
        );
        sent += 1;
        doneBytes += part.file.size;
        return;
      } catch (error) {
        const again = !abort.signal.aborted && error instanceof SendError && error.retryable && attempt + 1 < TRIES;
        if (!again) {
          failed.push({
            part,
            file: part.name,
            message: error instanceof Error ? error.message : 'It could not be sent.',
          });
          return;
        }
        await wait(attempt);
      } finally {
        underway.delete(part);
        tell('sending');
      }
    }
  };
  const sendAll = async (some: readonly UploadPart[]): Promise<void> => {
    const queue = [...some];
    const sender = async (): Promise<void> => {
      for (let part = queue.shift(); part !== undefined; part = queue.shift()) await sendOne(part);
    };
    await Promise.all(Array.from({ length: Math.min(SIDE_BY_SIDE, queue.length) }, sender));
  };
  const run = async (): Promise<UploadEnd> => {
    await sendAll(parts.filter((part) => part.kind !== 'labels'));
    await sendAll(parts.filter((part) => part.kind === 'labels'));
    const complete = sent === parts.length;
    tell(complete ? 'done' : 'paused');
    return {
      complete,
      reason: complete ? null : `${sent} of ${parts.length} files were sent: ${failed[0]?.message ?? STOPPED}`,
    };
  };
  tell('sending');
  const finished = run();
  return { finished, cancel: () => abort.abort() };
};

/** PUT of one part over XMLHttpRequest, which tells how much has gone out (fetch does not). Browser only. */
export const makeSend =
  (projectId: string, importId: string, reading: { layout: LayoutId | null; names: ProposalChoice['names'] }): Send =>
  (part, onBytes, signal) =>
    new Promise((done, failed) => {
      const query = new URLSearchParams({ name: part.name.slice(-1000), kind: part.kind });
      if (part.kind === 'zip') {
        query.set('folderLabels', '1');
        if (reading.layout !== null) query.set('layout', reading.layout);
        if (Object.keys(reading.names).length > 0) query.set('names', JSON.stringify(reading.names));
      }
      if (part.className !== null) query.set('className', part.className);
      if (part.split !== null) query.set('split', part.split);
      if (part.tags || part.answers)
        query.set('said', JSON.stringify({ tags: part.tags, answers: part.answers?.slice(0, ANSWERS_MOST) }));
      const request = new XMLHttpRequest();
      request.open('PUT', `/api/projects/${projectId}/imports/${importId}/file?${query}`);
      request.setRequestHeader('content-type', part.kind === 'zip' ? 'application/zip' : 'application/octet-stream');
      request.upload.addEventListener('progress', (event) => onBytes(event.loaded));
      request.addEventListener('load', () => {
        if (request.status < 300) return done();
        return failed(
          new SendError(readMessage(request.responseText), request.status >= 500 || request.status === 429),
        );
      });
      request.addEventListener('error', () => failed(new SendError('The connection broke.', true)));
      request.addEventListener('abort', () => failed(new SendError(STOPPED, false)));
      signal.addEventListener('abort', () => request.abort(), { once: true });
      request.send(part.file);
    });

const readMessage = (body: string): string => {
  try {
    const answer = JSON.parse(body) as { message?: unknown };
    if (typeof answer.message === 'string') return answer.message;
  } catch {
    // Not JSON: a proxy's page; the sentence below serves.
  }
  return 'The server could not take it.';
};
