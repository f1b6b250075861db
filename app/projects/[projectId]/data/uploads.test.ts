import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import { SendError } from './upload.ts';
import type { UploadPart } from './upload.ts';
import { retryUpload, startUpload } from './uploads.ts';
import type { ImportCalls } from './uploads.ts';

const part = (name: string, kind: UploadPart['kind'] = 'image'): UploadPart => ({
  name,
  kind,
  file: { size: 10 } as File,
  className: null,
  split: null,
});

/** A server that refuses some files, and what it was asked, in order. */
const server = (refused: Set<string>) => {
  const asked: string[] = [];
  let imports = 0;
  const calls: ImportCalls = {
    start: async ({ name, total }) => {
      imports += 1;
      asked.push(`start ${name} ${total}`);
      return { id: String(imports) };
    },
    end: async (importId) => void asked.push(`end ${importId}`),
    fail: async (importId, said) => void asked.push(`fail ${importId} ${inEnglish(said)}`),
    send: (importId) => async (parcel) => {
      if (parcel.some(({ name }) => refused.has(name))) throw new SendError(say('error.connectionBroke'), false);
      asked.push(`${parcel.map(({ name }) => name).join(' ')} to ${importId}`);
    },
  };
  return { asked, calls };
};

describe('an upload', () => {
  const projectId = 'p';
  beforeEach(
    () => void vi.stubGlobal('window', { addEventListener: () => undefined, removeEventListener: () => undefined }),
  );
  afterAll(() => void vi.unstubAllGlobals());

  it('ends its import when everything has been taken', async () => {
    const { asked, calls } = server(new Set());
    await startUpload({ projectId, name: 'birds', parts: [part('a'), part('b')], problems: [], calls });
    await expect.poll(() => asked.at(-1)).toBe('end 1');
    expect(asked).toEqual(['start birds 2', 'a b to 1', 'end 1']);
  });

  it(
    'IMAGE-10 fails its import with the reason when it was not sent whole, and sends the rest as an import of its ' +
      'own',
    async () => {
      const refused = new Set(['b']);
      const { asked, calls } = server(refused);
      await startUpload({ projectId, name: 'birds', parts: [part('a.zip', 'zip'), part('b')], problems: [], calls });
      await expect.poll(() => asked.at(-1)).toBe('fail 1 1 of 2 files were sent: The connection broke.');
      refused.clear();
      asked.length = 0;
      await retryUpload(projectId);
      await expect.poll(() => asked.at(-1)).toBe('end 2');
      expect(asked).toEqual(['fail 1 The connection broke.', 'start birds 1', 'b to 2', 'end 2']);
    },
  );

  it('IMAGE-10 opens no further import while the earlier one cannot be failed', async () => {
    const { asked, calls } = server(new Set(['b']));
    await startUpload({
      projectId,
      name: 'birds',
      parts: [part('b')],
      problems: [],
      calls: { ...calls, fail: () => Promise.reject(new Error('no connection')) },
    });
    await expect
      .poll(async () => retryUpload(projectId).catch((error: unknown) => String(error)))
      .toBe('Error: no connection');
    expect(asked).toEqual(['start birds 1']);
  });
});
