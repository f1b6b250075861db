import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { image } from '../../schema/index.ts';

export interface Original {
  contentHash: string;
  sha256: string;
  bytes: number;
}

/** Of these contents, those whose original the project has. */
export async function listWithOriginal(db: Db, projectId: string, hashes: readonly string[]): Promise<Set<string>> {
  if (hashes.length === 0) return new Set();
  const rows = await db
    .select({ contentHash: image.contentHash })
    .from(image)
    .where(
      and(eq(image.projectId, projectId), inArray(image.contentHash, [...hashes]), isNotNull(image.originalSha256)),
    );
  return new Set(rows.map(({ contentHash }) => contentHash));
}

/** Notes the originals of images that have none yet. */
export async function noteOriginals(db: Db, projectId: string, originals: readonly Original[]): Promise<void> {
  if (originals.length === 0) return;
  const column = <T>(pick: (one: Original) => T) => sql.param(originals.map(pick));
  await db.execute(sql`
    update ${image} i set original_sha256 = v.sha256, original_bytes = v.bytes
    from unnest(${column(({ contentHash }) => contentHash)}::text[], ${column(({ sha256 }) => sha256)}::text[],
      ${column(({ bytes }) => bytes)}::int[]) as v(content_hash, sha256, bytes)
    where i.project_id = ${projectId} and i.content_hash = v.content_hash and i.original_sha256 is null`);
}
