import { isHidden } from '#core/formats/read-folders.ts';
import { NO_LABEL } from '#core/proposal/label-book.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import { intoParcels, parcelHead } from '#core/proposal/parcel.ts';
import { IMAGE_KINDS, IMAGE_NAME } from '#core/image/image-files.ts';
import type { LayoutId, ProposalChoice } from '#core/proposal/propose.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';

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

/** Why a file was not taken: by its key where it has one, else as somebody has said it. */
export interface FileProblem {
  file: string;
  message: string;
  said?: Said | null;
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
        message: '',
        said: say('error.notReadable', { kinds: IMAGE_KINDS }),
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

/** What travels in one request: small images together, everything else alone. */
export type Parcel = readonly UploadPart[];

/** Sends a parcel. Rejects with SendError. `onBytes` hears how much of its files has gone out. */
export type Send = (parcel: Parcel, onBytes: (bytes: number) => void, signal: AbortSignal) => Promise<void>;

export class SendError extends Error {
  /** Can the same request work later? */
  readonly retryable: boolean;
  readonly said: Said | null;

  constructor(said: Said | null, retryable: boolean, message = '') {
    super(message);
    this.name = 'SendError';
    this.said = said;
    this.retryable = retryable;
  }
}

const SIDE_BY_SIDE = 6;
/** Of one image, as many as stand in an address, and in the list of a parcel. */
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
  /** Why not, for the list of imports. */
  reason: Said | null;
}

const STOPPED = say('error.stopped');

const NOT_SENT = say('error.notSent');

const backOff = (attempt: number): Promise<void> =>
  new Promise((done) => setTimeout(done, Math.min(8000, 500 * 2 ** attempt)));

const bytesOf = (parcel: Parcel): number => parcel.reduce((sum, { file }) => sum + file.size, 0);

/**
 * Sends parts, a few parcels side by side. A parcel that cannot be sent falls apart: each of its files is tried by
 * itself, and what cannot be sent then is set aside while the rest goes on. Sending a part twice is harmless, because
 * the server knows images by content. Label files go last: they name images that must be there.
 */
export const runUpload = ({ parts, problems, send, wait = backOff, now = Date.now, onChange }: UploadOptions) => {
  const abort = new AbortController();
  const underway = new Map<Parcel, number>();
  const failed: (FileProblem & { part: UploadPart })[] = [];
  let doneBytes = 0;
  let sent = 0;
  const base = {
    total: parts.length,
    totalBytes: bytesOf(parts),
    startedAt: now(),
    problems,
  };
  const tell = (phase: UploadState['phase']) => {
    const inFlight = [...underway.values()].reduce((sum, bytes) => sum + bytes, 0);
    onChange({ ...base, phase, sent, sentBytes: doneBytes + inFlight, failed: [...failed] });
  };
  const sendParcel = async (parcel: Parcel, tried = 0): Promise<void> => {
    for (let attempt = tried; ; attempt += 1) {
      try {
        if (abort.signal.aborted) throw new SendError(STOPPED, false);
        underway.set(parcel, 0);
        await send(
          parcel,
          (bytes) => {
            underway.set(parcel, bytes);
            tell('sending');
          },
          abort.signal,
        );
        sent += parcel.length;
        doneBytes += bytesOf(parcel);
        return;
      } catch (error) {
        const isLost = error instanceof SendError && error.retryable;
        const again = !abort.signal.aborted && isLost && attempt + 1 < TRIES;
        if (!again) return setAside(parcel, error, isLost);
        await wait(attempt);
      } finally {
        underway.delete(parcel);
        tell('sending');
      }
    }
  };
  const setAside = async (parcel: Parcel, error: unknown, isLost: boolean): Promise<void> => {
    if (parcel.length > 1 && !abort.signal.aborted) {
      // One file of it may be the reason. Where none is, because nothing arrives, each is tried once more only.
      for (const part of parcel) await sendParcel([part], isLost ? TRIES - 1 : 0);
      return;
    }
    const why =
      error instanceof SendError ? { message: error.message, said: error.said } : { message: '', said: NOT_SENT };
    failed.push(...parcel.map((part) => ({ part, file: part.name, ...why })));
  };
  const sendAll = async (some: readonly UploadPart[]): Promise<void> => {
    const queue = intoParcels(
      some,
      ({ file }) => file.size,
      ({ kind }) => kind === 'image',
    );
    const sender = async (): Promise<void> => {
      for (let parcel = queue.shift(); parcel !== undefined; parcel = queue.shift()) await sendParcel(parcel);
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
      reason: complete ? null : say('error.filesSent', { sent, total: parts.length, why: reasonOf(failed[0]) }),
    };
  };
  tell('sending');
  const finished = run();
  return { finished, cancel: () => abort.abort() };
};

/** As a value of a sentence: a key that asks for no values is said there too. */
export const reasonOf = (problem: FileProblem | undefined): string => {
  const said = problem ? problem.said : STOPPED;
  if (said && Object.keys(said.values).length === 0) return said.key;
  return problem?.message || (said ?? STOPPED).key;
};

export type Reading = { layout: LayoutId | null; names: ProposalChoice['names'] };

/** What a request says of the file that it sends, or that it sends several behind their list, and its body. */
export const requestOf = (parcel: Parcel, reading: Reading): { query: URLSearchParams; body: Blob } => {
  const [part] = parcel;
  if (part === undefined || parcel.length > 1) {
    const entries = parcel.map(({ name, file, className, split, tags, answers }) => ({
      name: name.slice(-1000),
      bytes: file.size,
      className,
      split,
      tags,
      answers: answers?.slice(0, ANSWERS_MOST),
    }));
    return {
      query: new URLSearchParams({ name: 'images', kind: 'images' }),
      body: new Blob([parcelHead(entries), ...parcel.map(({ file }) => file)]),
    };
  }
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
  return { query, body: part.file };
};

/** PUT of a parcel over XMLHttpRequest, which tells how much has gone out (fetch does not). Browser only. */
export const makeSend =
  (projectId: string, importId: string, reading: Reading): Send =>
  (parcel, onBytes, signal) =>
    new Promise((done, failed) => {
      const isZip = parcel[0]?.kind === 'zip';
      const bytes = bytesOf(parcel);
      const { query, body } = requestOf(parcel, reading);
      const request = new XMLHttpRequest();
      request.open('PUT', `/api/projects/${projectId}/imports/${importId}/file?${query}`);
      request.setRequestHeader('content-type', isZip ? 'application/zip' : 'application/octet-stream');
      request.upload.addEventListener('progress', (event) => onBytes(Math.min(event.loaded, bytes)));
      request.addEventListener('load', () => {
        if (request.status < 300) return done();
        return failed(readRefusal(request.responseText, request.status >= 500 || request.status === 429));
      });
      request.addEventListener('error', () => failed(new SendError(say('error.connectionBroke'), true)));
      request.addEventListener('abort', () => failed(new SendError(STOPPED, false)));
      signal.addEventListener('abort', () => request.abort(), { once: true });
      request.send(body);
    });

const readRefusal = (body: string, retryable: boolean): SendError => {
  try {
    const answer = JSON.parse(body) as { message?: unknown; said?: Said | null };
    if (typeof answer.message === 'string') return new SendError(answer.said ?? null, retryable, answer.message);
  } catch {
    // Not JSON: a proxy's page; the sentence below serves.
  }
  return new SendError(say('error.serverRefused'), retryable);
};
