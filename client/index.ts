import { createTRPCClient, httpBatchLink } from '@trpc/client';
import superjson from 'superjson';
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
  /** For an image. */
  className?: string;
  split?: 'pool' | 'validation' | 'test';
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
     * Imports files one after the other and returns the import with its counts and its list of errors. One that cannot
     * be sent fails the import and throws.
     */
    async importFiles(projectId: string, name: string, files: Iterable<ImportedFile> | AsyncIterable<ImportedFile>) {
      const { id: importId } = await api.image.startImport.mutate({ projectId, name, total: null });
      try {
        for await (const file of files) {
          const query = new URLSearchParams({ name: file.name, kind: file.kind });
          if (file.useLabels) query.set('folderLabels', '1');
          if (file.className) query.set('className', file.className);
          if (file.split) query.set('split', file.split);
          const response = await send(`${base}/api/projects/${projectId}/imports/${importId}/file?${query}`, {
            method: 'PUT',
            headers,
            body: file.data,
          });
          if (!response.ok) throw new Error(`${file.name}: ${await reasonOf(response)}`);
        }
      } catch (error) {
        // The first error counts, also where the server cannot be told of it.
        await api.image.failImport.mutate({ projectId, importId, message: messageOf(error) }).catch(() => undefined);
        throw error;
      }
      return api.image.endImport.mutate({ projectId, importId });
    },
    /** The labels in one of the formats of the Data page, such as `csv`, `json`, `coco`. */
    exportLabels: (projectId: string, format: string): Promise<Response> =>
      get(`/api/projects/${projectId}/exports/labels?format=${encodeURIComponent(format)}`),
    /** A model that was asked for with `api.export.requestModel` and is ready. */
    downloadModel: (projectId: string, exportId: string): Promise<Response> =>
      get(`/api/projects/${projectId}/exports/${exportId}/file`),
  };
}

const messageOf = (error: unknown): string =>
  error instanceof Error ? error.message : 'The program that sent the files stopped.';

async function reasonOf(response: Response): Promise<string> {
  const body = (await response.json().catch(() => null)) as { message?: string } | null;
  return body?.message ?? `HTTP ${response.status}`;
}
