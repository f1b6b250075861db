import { AppError } from '#core/errors.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import type { Actor, Services } from '../../context.ts';
import { safeFetch } from '../../net/safe-fetch.ts';
import type { SafeFetchOptions } from '../../net/safe-fetch.ts';
import { importBackbone, readModel } from './import-backbone.ts';
import type { BackboneFile } from './import-backbone.ts';

const MODEL_BYTES = 8 * 2 ** 20;
const WEIGHTS_BYTES = 512 * 2 ** 20;
const FILES_MAX = 200;

/**
 * Imports a backbone from the public address of its model.json; weight files are fetched from beside it. Every address
 * is checked as any that a person gives (FORMAT-1); what comes is checked as an upload is.
 * @param net for tests: how names are resolved
 */
export async function fetchBackbone(
  services: Pick<Services, 'db' | 'blobs'>,
  actor: Actor,
  input: Pick<BackboneFile, 'name' | 'scale'> & { url: string },
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> = {},
): Promise<{ backboneId: string }> {
  const fetchFile = async (url: string, maxBytes: number): Promise<Buffer> => {
    const { status, body } = await safeFetch(url, { ...net, maxBytes, redirects: 3 });
    if (status !== 200)
      throw new AppError(
        'BAD_INPUT',
        `The server answered ${status} for ${url.slice(0, 200)}. Give the address of a model.json.`,
      );
    return body;
  };
  const text = await fetchFile(input.url, MODEL_BYTES);
  const paths = [...new Set(readModel(text).weightsManifest.flatMap((group) => group.paths))];
  if (paths.length > FILES_MAX)
    throw new AppError(
      'BAD_INPUT',
      `This model lists ${paths.length} weight files, more than ${FILES_MAX}. Upload it as a zip.`,
    );
  const files = [{ path: 'model.json', bytes: text }];
  let left = WEIGHTS_BYTES;
  for (const path of paths) {
    const url = new URL(path, input.url);
    if (url.origin !== new URL(input.url).origin)
      throw new AppError('BAD_INPUT', 'This model names weight files on another server. Upload it as a zip.');
    const bytes = await fetchFile(url.href, left);
    left -= bytes.length;
    files.push({ path, bytes });
  }
  return importBackbone(services, actor, {
    name: input.name,
    scale: input.scale,
    sourceUrl: input.url,
    bytes: await zipFiles(files),
  });
}
