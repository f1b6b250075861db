import { and, asc, eq, gt, inArray, or, sql } from 'drizzle-orm';
import { resolveConsensus } from '#core/labeling/labeling.ts';
import type { Asked, LiveAnnotation } from '#core/labeling/labeling.ts';
import type { Db } from '../../client.ts';
import { execute, integer, list, nullable, oneOf, text, truth } from '../../execute.ts';
import { standingSet } from '../project/merge-class.ts';
import { annotation, image, project } from '../../schema/index.ts';

/** The newest annotation of each member that is not undone. */
export async function listLiveAnnotations(
  db: Db,
  imageIds: readonly string[],
): Promise<(LiveAnnotation & { imageId: string; annotationId: string })[]> {
  if (imageIds.length === 0) return [];
  const statement = sql`
    select distinct on (a.image_id, a.member_id)
      a.image_id as "imageId", a.member_id as "memberId", a.kind,
        ${standingSet(sql`a.class_ids`)} as "classIds",
        a.source = 'adjudicate' as adjudicated,
      a.seq::int as seq, a.id as "annotationId"
    from ${annotation} a
    where a.image_id = any(${sql.param([...imageIds])}::uuid[]) and a.kind <> 'undo'
      and not exists (select 1 from ${annotation} u where u.undoes_id = a.id)
    order by a.image_id, a.member_id, a.seq desc`;
  return execute(db, statement, {
    imageId: text,
    memberId: text,
    kind: oneOf('decide', 'skip'),
    classIds: nullable(list(text)),
    adjudicated: truth,
    seq: integer,
    annotationId: text,
  });
}

/** The live annotations of each of these images, none of them left out. */
export function byImage(
  imageIds: readonly string[],
  annotations: readonly (LiveAnnotation & { imageId: string })[],
): Map<string, LiveAnnotation[]> {
  const standing = new Map<string, LiveAnnotation[]>(imageIds.map((id) => [id, []]));
  for (const annotation of annotations) standing.get(annotation.imageId)?.push(annotation);
  return standing;
}

/**
 * The one writer of an image's consensus and counts, from all live annotations of each image. The images are locked
 * by the caller.
 */
export async function writeConsensus(
  db: Db,
  standing: ReadonlyMap<string, readonly LiveAnnotation[]>,
  asked: Asked,
): Promise<void> {
  if (standing.size === 0) return;
  const rows = [...standing].map(([id, annotations]) => ({ id, ...resolveConsensus(annotations, asked) }));
  await db.execute(sql`
    update ${image} as i set
      consensus_state = v.state, consensus_class_ids = v.class_ids::uuid[], judgment_count = v.judgment_count,
        extra_wanted = v.extra_wanted
    from unnest(
      ${sql.param(rows.map((row) => row.id))}::uuid[], ${sql.param(rows.map((row) => row.state))}::text[],
      ${sql.param(rows.map(({ classIds }) => classIds && `{${classIds.join(',')}}`))}::text[],
      ${sql.param(rows.map((row) => row.answerCount))}::int[],
      ${sql.param(rows.map((row) => row.extraWanted))}::int[]
    ) as v(id, state, class_ids, judgment_count, extra_wanted)
    where i.id = v.id`);
}

/**
 * Recomputes images from their annotations. Locks them in the order of their ids, so that two writers never wait for
 * each other crosswise. Call it in the transaction that wrote the annotations.
 */
export async function refreshConsensus(
  db: Db,
  params: { projectId: string; imageIds: readonly string[] },
): Promise<void> {
  const ids = [...new Set(params.imageIds)].sort();
  if (ids.length === 0) return;
  const images = await db
    .select({ id: image.id, settings: project.settings })
    .from(image)
    .innerJoin(project, eq(project.id, image.projectId))
    .where(and(eq(image.projectId, params.projectId), inArray(image.id, ids)))
    .orderBy(asc(image.id))
    .for('update', { of: image });
  const [first] = images;
  if (first)
    await writeConsensus(
      db,
      byImage(
        images.map(({ id }) => id),
        await listLiveAnnotations(db, ids),
      ),
      first.settings,
    );
}

/**
 * Recomputes every answered image of a project, a chunk a transaction: after the lead asked for more or fewer answers
 * an image. Leased ones too: their first answer may be on its way, counted by what was asked before. Labeling goes on
 * meanwhile; whoever writes later reads the new settings too, so both come to the same.
 */
export async function refreshProjectConsensus(db: Db, projectId: string, chunk = 1000): Promise<void> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const rows = await db
      .select({ id: image.id })
      .from(image)
      .where(
        and(eq(image.projectId, projectId), gt(image.id, after), or(gt(image.answerCount, 0), gt(image.leaseCount, 0))),
      )
      .orderBy(asc(image.id))
      .limit(chunk);
    const last = rows.at(-1);
    if (!last) return;
    await db.transaction((tx) => refreshConsensus(tx, { projectId, imageIds: rows.map((row) => row.id) }));
    after = last.id;
  }
}
