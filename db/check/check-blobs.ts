import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { imageKey, originalKey, thumbnailKey } from '#core/image/media.ts';
import { AppError } from '#core/errors.ts';
import type { BlobStore } from '../blobs/types.ts';
import type { Database } from '../client.ts';
import { backbone, checkpoint, image, modelExport, project, round, run } from '../schema/index.ts';
import type { Finding } from './finding.ts';
import { execute, nullable, number, text } from '../execute.ts';

const PAGE = 1000;
const SIDE_BY_SIDE = 16;
const EXAMPLES = 5;

export interface BlobTools {
  /** Reads every byte, not only sizes. */
  deep: boolean;
  repair: boolean;
  /** Sides above which an image has a thumbnail of its own, px. */
  thumbnailSide: number;
  /** Decodes an image whole. @throws where it is damaged */
  decode(bytes: Buffer): Promise<unknown>;
  makeThumbnail(bytes: Buffer): Promise<Buffer>;
}

interface Tally {
  count: number;
  examples: string[];
}
const add = (tally: Tally, key: string): void => {
  tally.count += 1;
  if (tally.examples.length < EXAMPLES) tally.examples.push(key);
};

/** Of a deleted project the files go first, and then the rows. */
const isKept = (projectId: SQL): SQL => sql`${projectId} in (select id from ${project} where status <> 'deleted')`;

interface ImageRow {
  id: string;
  projectId: string;
  contentHash: string;
  width: number;
  height: number;
  bytes: number;
  originalSha256: string | null;
  originalBytes: number | null;
}

/** Every image's file and thumbnail. A thumbnail is made anew from its image; an image itself only its owner has. */
export async function checkImageBlobs(
  { db, blobs }: { db: Database['db']; blobs: BlobStore },
  tools: BlobTools,
): Promise<Finding[]> {
  const lost: Tally = { count: 0, examples: [] };
  const damaged: Tally = { count: 0, examples: [] };
  const thumbnails: Tally = { count: 0, examples: [] };
  const originals: Tally = { count: 0, examples: [] };
  const checkOriginal = async ({ projectId, originalSha256, originalBytes }: ImageRow): Promise<void> => {
    if (originalSha256 === null) return;
    const key = originalKey(projectId, originalSha256);
    const isWhole = (await blobs.size(key)) === originalBytes;
    if (!isWhole || (tools.deep && (await hashOf(blobs, key)) !== originalSha256)) add(originals, key);
  };
  const checkOne = async (row: ImageRow): Promise<void> => {
    const key = imageKey(row.projectId, row.contentHash);
    const size = await blobs.size(key);
    if (size === null) return add(lost, key);
    const isWhole = size === row.bytes && (!tools.deep || (await decodes(blobs, key, tools)));
    if (!isWhole) return add(damaged, key);
    if (Math.max(row.width, row.height) <= tools.thumbnailSide) return;
    const small = thumbnailKey(row.projectId, row.contentHash);
    const there = (await blobs.size(small)) ?? 0;
    if (there > 0 && (!tools.deep || (await decodes(blobs, small, tools)))) return;
    add(thumbnails, small);
    if (tools.repair) await blobs.put(small, await tools.makeThumbnail(await blobs.get(key)));
  };
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await execute(
      db,
      sql`
      select id, project_id as "projectId", content_hash as "contentHash", width, height, bytes,
        original_sha256 as "originalSha256", original_bytes as "originalBytes"
      from ${image} where id > ${after} and ${isKept(sql`project_id`)} order by id limit ${PAGE}`,
      {
        id: text,
        projectId: text,
        contentHash: text,
        width: number,
        height: number,
        bytes: number,
        originalSha256: nullable(text),
        originalBytes: nullable(number),
      },
    );
    const last = rows.at(-1);
    if (!last) break;
    await inGroups(rows, checkOne);
    await inGroups(rows, checkOriginal);
    after = last.id;
  }
  return [
    { what: 'images whose file is not there: import them again, or put the file back', ...lost, repaired: false },
    { what: 'images whose file is cut or damaged: import them again', ...damaged, repaired: false },
    { what: 'uploaded files, kept for exports, that are lost or damaged', ...originals, repaired: false },
    { what: 'thumbnails that are not there or damaged', ...thumbnails, repaired: tools.repair },
  ];
}

async function decodes(blobs: BlobStore, key: string, tools: BlobTools): Promise<boolean> {
  const bytes = await blobs.get(key);
  return tools.decode(bytes).then(
    () => true,
    () => false,
  );
}

/** Files with a hash of their own: weights, backbones, exports. */
export async function checkHashedBlobs(
  { db, blobs }: { db: Database['db']; blobs: BlobStore },
  tools: Pick<BlobTools, 'deep'>,
): Promise<Finding> {
  const rows = await execute(
    db,
    sql`
    select c.blob_key as key, c.bytes, c.sha256 from ${checkpoint} c join ${round} d on d.id = c.round_id
      join ${run} r on r.id = d.run_id where ${isKept(sql`r.project_id`)}
    union select blob_key, bytes, sha256 from ${backbone}
    union select blob_key, bytes, sha256 from ${modelExport} where status = 'ready' and blob_key is not null
      and ${isKept(sql`project_id`)} and bytes is not null and sha256 is not null`,
    { key: text, bytes: number, sha256: text },
  );
  const wrong: Tally = { count: 0, examples: [] };
  await inGroups(rows, async ({ key, bytes, sha256 }) => {
    if ((await blobs.size(key)) !== bytes || (tools.deep && (await hashOf(blobs, key)) !== sha256)) add(wrong, key);
  });
  return { what: 'weights, backbones or exports that are lost or damaged', ...wrong, repaired: false };
}

async function hashOf(blobs: BlobStore, key: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of await blobs.stream(key)) hash.update(chunk as Buffer);
  } catch (error) {
    if (error instanceof AppError) return null;
    throw error;
  }
  return hash.digest('hex');
}

async function inGroups<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const run = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, run));
}
