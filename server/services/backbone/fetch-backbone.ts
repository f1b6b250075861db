import { createHash } from 'node:crypto';
import { resolve as resolvePath } from 'node:path';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { PUBLIC_BACKBONES } from '#core/run/backbones.ts';
import type { PublicBackbone } from '#core/run/backbones.ts';
import { zipFiles } from '#db/blobs/zip-files.ts';
import { notify } from '#db/notify.ts';
import { listWeightFiles } from '#ml/backbone/index.ts';
import type { Actor, Services } from '../../context.ts';
import { download } from '../../net/download.ts';
import type { Downloaded, DownloadOptions } from '../../net/download.ts';
import { isUnreached } from '../../net/safe-fetch.ts';
import { importBackbone } from './import-backbone.ts';
import type { BackboneFile } from './import-backbone.ts';

const WEIGHTS_BYTES = 512 * 2 ** 20;
const FILES_MAX = 200;
/** Progress is told this often, ms. */
const TELL_MS = 500;

type Fetch = (url: string, options: { maxBytes: number; file: number; files: number }) => Promise<Downloaded>;

/**
 * Imports a backbone from the public address of an ONNX or TensorFlow Lite file, or of a model.json, whose weight files
 * are fetched from beside it. Every address is checked as any that a person gives (FORMAT-1); what comes is checked as
 * an upload is, by the hash that its server names, and one of the named public ones by ours where that is known. A
 * connection that breaks is taken up where it broke; of the named ones what came waits for the next try.
 * @param net for tests: how names are resolved, and which backbones are named
 */
export async function fetchBackbone(
  services: Pick<Services, 'db' | 'blobs' | 'env' | 'log'>,
  actor: Actor,
  input: Pick<BackboneFile, 'name' | 'scale'> & { projectId: string; url: string; layer?: string | undefined },
  net: Pick<DownloadOptions, 'resolve' | 'isAllowed' | 'pauseMs'> & { named?: readonly PublicBackbone[] } = {},
): Promise<{ backboneId: string }> {
  const { named = PUBLIC_BACKBONES, ...ways } = net;
  const known = named.find(({ url }) => url === input.url) ?? null;
  const fetchFile: Fetch = async (url, { maxBytes, file, files }) => {
    const got = await download(url, {
      ...ways,
      maxBytes,
      ...(known ? { folder: resolvePath(services.env.PUPIL_DATA, 'downloads') } : {}),
      onProgress: tellProgress(services, actor, { projectId: input.projectId, file, files }),
    }).catch((error: unknown) => {
      throw known && isUnreached(error) ? explainOffline(known, error) : error;
    });
    if (got.sha256 !== null && got.sha256 !== hashOf(got.body))
      throw new AppError('BAD_INPUT', say('refusal.notHeld', { url: url.slice(0, 200) }));
    return got;
  };
  const first = await fetchFile(input.url, { maxBytes: WEIGHTS_BYTES, file: 1, files: 1 });
  if (known && known.sha256 !== null && known.sha256 !== hashOf(first.body)) {
    throw new AppError('BAD_INPUT', say('refusal.notChecked', { url: input.url.slice(0, 200), name: known.name }));
  }
  const revision = first.revision === null ? null : `revision ${first.revision}`;
  const origin = [known?.what, revision].filter(Boolean).join('; ');
  return importBackbone(services, actor, {
    name: input.name,
    scale: input.scale,
    sourceUrl: input.url,
    ...(input.layer === undefined ? {} : { layer: input.layer }),
    ...(known ? { licence: known.licence } : {}),
    ...(origin === '' ? {} : { origin }),
    bytes: first.body[0] === '{'.charCodeAt(0) ? await zipModel(first.body, input.url, fetchFile) : first.body,
  });
}

const hashOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The one thing to know where a public model cannot be had, and what to do instead. */
const explainOffline = ({ name, url }: PublicBackbone, cause: unknown): AppError =>
  new AppError('UNAVAILABLE', say('refusal.notFetched', { name, host: new URL(url).hostname, url }), { cause });

/** Announces how far a file is, twice a second and at its end. Figures that are lost are not missed. */
function tellProgress(
  { db, log }: Pick<Services, 'db' | 'log'>,
  { memberId }: Actor,
  where: { projectId: string; file: number; files: number },
): (done: number, total: number | null) => void {
  let [toldAt, startedAt, startedWith] = [0, Date.now(), -1];
  // One after another: on connections of their own the first could arrive last.
  let telling: Promise<unknown> = Promise.resolve();
  return (done, total) => {
    const now = Date.now();
    if (startedWith < 0 || done < startedWith) [startedAt, startedWith] = [now, done];
    if (now - toldAt < TELL_MS && done !== total) return;
    toldAt = now;
    const seconds = (now - startedAt) / 1000;
    const bytesPerSecond = seconds > 0 ? Math.round((done - startedWith) / seconds) : null;
    const event = { name: 'backbone:progressed' as const, ...where, memberId, done, total, bytesPerSecond };
    telling = telling
      .then(() => notify(db, event))
      .catch((error: unknown) => log.debug({ err: error }, 'the progress of a download was not told'));
  };
}

async function zipModel(json: Buffer, from: string, fetchFile: Fetch): Promise<Buffer> {
  const paths = listWeightFiles(json);
  if (paths.length > FILES_MAX)
    throw new AppError('BAD_INPUT', say('refusal.manyWeightFiles', { count: paths.length, most: FILES_MAX }));
  const files = [{ path: 'model.json', bytes: json }];
  let left = WEIGHTS_BYTES;
  for (const [at, path] of paths.entries()) {
    const url = new URL(path, from);
    if (url.origin !== new URL(from).origin) throw new AppError('BAD_INPUT', say('refusal.otherServer'));
    const { body } = await fetchFile(url.href, { maxBytes: left, file: at + 2, files: paths.length + 1 });
    left -= body.length;
    files.push({ path, bytes: body });
  }
  return zipFiles(files);
}
