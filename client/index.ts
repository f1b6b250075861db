import { createTRPCClient, httpBatchLink } from '@trpc/client';
import superjson from 'superjson';
import { hasRoom, parcelHead } from '../core/proposal/parcel.ts';
import type { Proposal, ProposalChoice } from '../core/proposal/propose.ts';
import type { Prediction } from '../core/serving/serving.ts';
import type { AppRouter } from '../server/trpc/router.ts';

export interface PupilOptions {
  /** Where Pupil runs, such as `https://pupil.example.org`. */
  url: string;
  /** An API token from the organization's Tokens page. It acts as the member who made it. */
  token: string;
  fetch?: typeof fetch;
}

export interface ImportedFile {
  name: string;
  /** The file's bytes. */
  data: Blob | Uint8Array<ArrayBuffer>;
  /** `zip` may hold images and label files; `labels` is a label file alone. */
  kind: 'image' | 'zip' | 'labels';
  /** For a zip: take classes from its label files or folders. */
  useLabels?: boolean;
  /** For a zip: how its labels are read and what its classes are called, as in a proposal. */
  choice?: ProposalChoice;
  /** For an image. */
  className?: string;
  split?: 'pool' | 'validation' | 'test';
  tags?: string[];
}

export interface ProposedZip {
  proposal: Proposal;
  /** Files that would not be taken, each with its reason. */
  refused: { count: number; some: { file: string; message: string }[] };
}

/** A typed client of a Pupil server: every procedure under `api`, and bytes in and out. */
export function createPupilClient({ url, token, fetch: send = fetch }: PupilOptions) {
  const base = url.replace(/\/$/, '');
  const headers = { authorization: `Bearer ${token}` };
  const api = createTRPCClient<AppRouter>({
    links: [httpBatchLink({ url: `${base}/api/trpc`, headers, transformer: superjson, fetch: send })],
  });

  const get = async (path: string): Promise<Response> => {
    const response = await send(`${base}${path}`, { headers });
    if (!response.ok) throw new Error(await reasonOf(response));
    return response;
  };

  return {
    api,
    /**
     * Imports files in their order, small images many in one request, and returns the import with its counts and its
     * list of errors. One that cannot be sent fails the import and throws.
     */
    async importFiles(projectId: string, name: string, files: Iterable<ImportedFile> | AsyncIterable<ImportedFile>) {
      const { id: importId } = await api.image.startImport.mutate({ projectId, name, total: null });
      const put = (query: Record<string, string>, body: ImportedFile['data']) =>
        send(`${base}/api/projects/${projectId}/imports/${importId}/file?${new URLSearchParams(query)}`, {
          method: 'PUT',
          headers,
          body,
        });
      const sendOne = async (file: ImportedFile): Promise<void> => {
        const response = await put(queryOf(file), file.data);
        if (!response.ok) throw new Error(`${file.name}: ${await reasonOf(response)}`);
      };
      let parcel: ImportedFile[] = [];
      const sendParcel = async (): Promise<void> => {
        const images = parcel;
        parcel = [];
        // Where they are refused together, each is sent by itself, and the one that is the reason is named.
        if (images.length > 1 && (await put({ name: 'images', kind: 'images' }, bodyOf(images))).ok) return;
        for (const image of images) await sendOne(image);
      };
      try {
        for await (const file of files) {
          const held = { files: parcel.length, bytes: parcel.reduce((sum, { data }) => sum + sizeOf(data), 0) };
          if (file.kind !== 'image' || !hasRoom(held, sizeOf(file.data))) await sendParcel();
          if (file.kind === 'image') parcel.push(file);
          else await sendOne(file);
        }
        await sendParcel();
      } catch (error) {
        // The first error counts, also where the server cannot be told of it.
        await api.image.failImport.mutate({ projectId, importId, message: messageOf(error) }).catch(() => undefined);
        throw error;
      }
      return api.image.endImport.mutate({ projectId, importId });
    },
    /**
     * What a zip would be understood as: classes with counts, splits, what does not fit. Nothing is stored. For names
     * alone, `api.image.propose` answers the same.
     */
    async proposeZip(projectId: string, zip: Blob | Uint8Array<ArrayBuffer>, choice: Partial<ProposalChoice> = {}) {
      const query = new URLSearchParams({ name: 'upload.zip', kind: 'zip', dryRun: '1' });
      if (choice.layout) query.set('layout', choice.layout);
      if (choice.names) query.set('names', JSON.stringify(choice.names));
      const response = await send(`${base}/api/projects/${projectId}/imports/proposal/file?${query}`, {
        method: 'PUT',
        headers,
        body: zip,
      });
      if (!response.ok) throw new Error(await reasonOf(response));
      return (await response.json()) as ProposedZip;
    },
    /**
     * What the project's model, or a round of it, says of images; bytes, or addresses that the server fetches. One that
     * cannot be read has an `error` in its place.
     */
    async predict(
      projectId: string,
      images: readonly (Blob | { url: string })[],
      options: { round?: string; top?: number; embedding?: boolean } = {},
    ) {
      const query = new URLSearchParams();
      if (options.round) query.set('round', options.round);
      if (options.top) query.set('top', String(options.top));
      if (options.embedding) query.set('embedding', '1');
      const asked = await Promise.all(
        images.map(async (image) =>
          image instanceof Blob ? { base64: toBase64(new Uint8Array(await image.arrayBuffer())) } : image,
        ),
      );
      const response = await send(`${base}/api/projects/${projectId}/predict?${query}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify({ images: asked }),
      });
      if (!response.ok) throw new Error(await reasonOf(response));
      return (await response.json()) as Prediction;
    },
    /** The labels in one of the formats of the Data page, such as `csv`, `json`, `coco`. */
    exportLabels: (projectId: string, format: string): Promise<Response> =>
      get(`/api/projects/${projectId}/exports/labels?format=${encodeURIComponent(format)}`),
    /** A model that was asked for with `api.export.requestModel` and is ready. */
    downloadModel: (projectId: string, exportId: string): Promise<Response> =>
      get(`/api/projects/${projectId}/exports/${exportId}/file`),
  };
}

const sizeOf = (data: ImportedFile['data']): number => (data instanceof Blob ? data.size : data.byteLength);

/** What the address of a request says of the one file that it sends. */
function queryOf({ name, kind, useLabels, choice, className, split, tags }: ImportedFile): Record<string, string> {
  return {
    name,
    kind,
    ...(useLabels || choice ? { folderLabels: '1' } : {}),
    ...(choice?.layout ? { layout: choice.layout } : {}),
    ...(choice ? { names: JSON.stringify(choice.names) } : {}),
    ...(className ? { className } : {}),
    ...(split ? { split } : {}),
    ...(tags ? { said: JSON.stringify({ tags }) } : {}),
  };
}

/** Images behind the list of what they are called and how they are labeled. */
const bodyOf = (images: readonly ImportedFile[]): Blob =>
  new Blob([
    parcelHead(
      images.map(({ name, data, className, split, tags }) => ({ name, bytes: sizeOf(data), className, split, tags })),
    ),
    ...images.map(({ data }) => data),
  ]);

/** In pieces: a call takes so many arguments only. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'The program that sent the files stopped.';

async function reasonOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { message?: string } | null;
  return body?.message ?? `HTTP ${response.status}`;
}
