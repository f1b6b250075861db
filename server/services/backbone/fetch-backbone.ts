import { createHash } from 'node:crypto';
import { AppError } from '#core/errors.ts';
import { PUBLIC_BACKBONES } from '#core/run/backbones.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { listWeightFiles } from '#ml/backbone/index.ts';
import type { Actor, Services } from '../../context.ts';
import { safeFetch } from '../../net/safe-fetch.ts';
import type { SafeFetchOptions } from '../../net/safe-fetch.ts';
import { importBackbone } from './import-backbone.ts';
import type { BackboneFile } from './import-backbone.ts';

const WEIGHTS_BYTES = 512 * 2 ** 20;
const FILES_MAX = 200;

/**
 * Imports a backbone from the public address of an ONNX or TensorFlow Lite file, or of a model.json, whose weight files
 * are fetched from beside it. Every address is checked as any that a person gives (FORMAT-1); what comes is checked as
 * an upload is, and one of the named public ones by its hash where that is known.
 * @param net for tests: how names are resolved
 */
export async function fetchBackbone(
  services: Pick<Services, 'db' | 'blobs'>,
  actor: Actor,
  input: Pick<BackboneFile, 'name' | 'scale'> & { url: string; layer?: string | undefined },
  net: Pick<SafeFetchOptions, 'resolve' | 'isAllowed'> = {},
): Promise<{ backboneId: string }> {
  const fetchFile = async (url: string, maxBytes: number): Promise<Buffer> => {
    const { status, body } = await safeFetch(url, { ...net, maxBytes, redirects: 3 });
    if (status !== 200)
      throw new AppError(
        'BAD_INPUT',
        `The server answered ${status} for ${url.slice(0, 200)}. ` +
          `Give the address of a model.json, an .onnx or a .tflite file.`,
      );
    return body;
  };
  const known = PUBLIC_BACKBONES.find(({ url }) => url === input.url);
  const first = await fetchFile(input.url, WEIGHTS_BYTES);
  const sha256 = createHash('sha256').update(first).digest('hex');
  if (known && known.sha256 !== null && known.sha256 !== sha256) {
    throw new AppError(
      'BAD_INPUT',
      `What came from ${input.url.slice(0, 200)} is not the ${known.name} that was checked. Nothing was imported.`,
    );
  }
  return importBackbone(services, actor, {
    name: input.name,
    scale: input.scale,
    sourceUrl: input.url,
    ...(input.layer === undefined ? {} : { layer: input.layer }),
    ...(known ? { licence: known.licence, origin: known.what } : {}),
    bytes: first[0] === '{'.charCodeAt(0) ? await zipModel(first, input.url, fetchFile) : first,
  });
}

async function zipModel(
  json: Buffer,
  from: string,
  fetchFile: (url: string, maxBytes: number) => Promise<Buffer>,
): Promise<Buffer> {
  const paths = listWeightFiles(json);
  if (paths.length > FILES_MAX)
    throw new AppError(
      'BAD_INPUT',
      `This model lists ${paths.length} weight files, more than ${FILES_MAX}. Upload it as a zip.`,
    );
  const files = [{ path: 'model.json', bytes: json }];
  let left = WEIGHTS_BYTES;
  for (const path of paths) {
    const url = new URL(path, from);
    if (url.origin !== new URL(from).origin)
      throw new AppError('BAD_INPUT', 'This model names weight files on another server. Upload it as a zip.');
    const bytes = await fetchFile(url.href, left);
    left -= bytes.length;
    files.push({ path, bytes });
  }
  return zipFiles(files);
}
