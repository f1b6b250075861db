import { and, desc, eq, sql } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import { notFound } from '#core/errors.ts';
import type { ExportedImage, ExportedLabel } from '#core/formats/types.ts';
import type { Split } from '#core/project/project.ts';
import { must } from '#core/must.ts';
import { saidAs } from '#core/text/stored.ts';
import type { Db } from '../../client.ts';
import { standingClass } from '../project/merge-class.ts';
import { notDeleted } from './snapshot.ts';
import { imageTag, modelExport, round, run } from '../../schema/index.ts';
import { execute, list, moment, nullable, number, oneOf, shape, text } from '../../execute.ts';

export async function insertModelExport(
  db: Db,
  row: { projectId: string; roundId: string; format: string; createdBy: string },
) {
  const inserted = await db
    .insert(modelExport)
    .values({ ...row, kind: 'model' })
    .returning({ id: modelExport.id });
  return must(inserted, 0, 'export');
}

export async function listModelExports(db: Db, projectId: string) {
  const rows = await db
    .select({
      id: modelExport.id,
      format: modelExport.format,
      status: modelExport.status,
      message: modelExport.message,
      said: modelExport.said,
      bytes: modelExport.bytes,
      sha256: modelExport.sha256,
      createdAt: modelExport.createdAt,
      readyAt: modelExport.readyAt,
      roundId: modelExport.roundId,
      roundIndex: round.index,
      role: round.role,
      member: round.member,
      model: round.model,
      runId: run.id,
      runNumber: run.number,
      runName: run.name,
    })
    .from(modelExport)
    .leftJoin(round, eq(round.id, modelExport.roundId))
    .leftJoin(run, eq(run.id, round.runId))
    .where(and(eq(modelExport.projectId, projectId), eq(modelExport.kind, 'model')))
    .orderBy(desc(modelExport.createdAt))
    .limit(100);
  return rows.map((row) => ({ ...row, said: saidAs(row.message, row.said) }));
}

export async function getModelExport(db: Db, projectId: string, exportId: string) {
  const [row] = await db
    .select({
      id: modelExport.id,
      format: modelExport.format,
      status: modelExport.status,
      blobKey: modelExport.blobKey,
      bytes: modelExport.bytes,
      sha256: modelExport.sha256,
      roundIndex: round.index,
      runNumber: run.number,
      runName: run.name,
    })
    .from(modelExport)
    .leftJoin(round, eq(round.id, modelExport.roundId))
    .leftJoin(run, eq(run.id, round.runId))
    .where(and(eq(modelExport.id, exportId), eq(modelExport.projectId, projectId)));
  if (!row) throw notFound('export');
  return row;
}

export interface LabeledPage {
  images: (ExportedImage & { contentHash: string; originalSha256: string | null })[];
  /** The last image id looked at; null at the end. */
  next: string | null;
}

interface Row {
  id: string;
  content_hash: string;
  original_sha256: string | null;
  file_name: string;
  width: number;
  height: number;
  split: Split;
  consensus: string | null;
  consensus_at: Date | string | null;
  answers: { className: string; annotator: string; time: string }[] | null;
  tags: string[];
  probabilities: number[] | null;
  predicted_at: Date | string | null;
}

/**
 * A page of labeled images, or of all where `unlabeled` ones are wanted too, in order of id, each with its labels, most
 * authoritative first: consensus, then people's live answers if asked, then the answer of a round where no person has
 * one. One index range a page, so a million images stream evenly.
 */
export async function listLabeledImages(
  db: Db,
  params: {
    projectId: string;
    after: string | null;
    limit: number;
    annotators: boolean;
    unlabeled?: boolean;
    /** Its images alone, with the class and the split that it froze. */
    snapshotId?: string | null;
    round: { id: string; run: string; index: number; classNames: string[] } | null;
  },
): Promise<LabeledPage> {
  const { projectId, after, limit, annotators, round: said, snapshotId = null } = params;
  const frozen = snapshotId !== null;
  const live = sql`a.kind = 'decide' and not exists (select 1 from annotation u where u.undoes_id = a.id)`;
  const found = await execute(
    db,
    sql`
    select i.id, i.content_hash, i.original_sha256, i.file_name, i.width, i.height,
      ${frozen ? sql`s.split` : sql`i.split`} as split,
      array(select t.tag from ${imageTag} t where t.image_id = i.id order by t.tag) as tags,
      case when ${frozen ? sql`true` : sql`i.consensus_state in ('agreed', 'adjudicated')`} then c.name
        end as consensus,
      (select max(a.created_at) from annotation a where a.image_id = i.id and ${live}) as consensus_at,
      ${
        annotators
          ? sql`(
        select json_agg(json_build_object('className', k.name, 'annotator', j.email, 'time', j.created_at)
          order by j.seq)
        from (
          select distinct on (a.member_id) a.class_id, a.created_at, a.seq, a.kind, w.email
          from annotation a join member m on m.id = a.member_id join "user" w on w.id = m.user_id
          where a.image_id = i.id and a.kind <> 'undo' and not exists (select 1 from annotation u
            where u.undoes_id = a.id)
          order by a.member_id, a.seq desc
        ) j join class k on k.id = ${standingClass(sql`j.class_id`)} where j.kind = 'decide'
      )`
          : sql`null::json`
      } as answers,
      ${said ? sql`p.probabilities` : sql`null::real[]`} as probabilities,
      ${said ? sql`r.ended_at` : sql`null::timestamptz`} as predicted_at
    from image i
    ${frozen ? sql`join snapshot_item s on s.image_id = i.id and s.snapshot_id = ${snapshotId}` : sql``}
    left join class c on c.id = ${frozen ? standingClass(sql`s.class_id`) : sql`i.consensus_class_id`}
    ${
      said
        ? sql`left join prediction p on p.image_id = i.id and p.round_id = ${said.id} left join round r
      on r.id = ${said.id}`
        : sql``
    }
    where i.project_id = ${projectId} and ${frozen ? notDeleted(sql`i.id`) : sql`i.split <> 'out'`}
      and ${after === null ? sql`true` : sql`i.id > ${after}`}
    order by i.id limit ${limit}`,
    {
      id: text,
      content_hash: text,
      original_sha256: nullable(text),
      file_name: text,
      width: number,
      height: number,
      split: oneOf(...SPLITS),
      consensus: nullable(text),
      consensus_at: nullable(moment),
      tags: list(text),
      answers: nullable(list(shape({ className: text, annotator: text, time: text }))),
      probabilities: nullable(list(number)),
      predicted_at: nullable(moment),
    },
  );
  const images = found.map((row) => ({
    imageId: row.id,
    contentHash: row.content_hash,
    originalSha256: row.original_sha256,
    fileName: row.file_name,
    width: row.width,
    height: row.height,
    split: row.split,
    labels: labelsOf(row, said),
    tags: row.tags,
  }));
  return {
    images: params.unlabeled ? images : images.filter(({ labels }) => labels.length > 0),
    next: found.length < limit ? null : (found.at(-1)?.id ?? null),
  };
}

function labelsOf(row: Row, said: { run: string; index: number; classNames: string[] } | null): ExportedLabel[] {
  const iso = (time: Date | string | null): string => (time === null ? '' : new Date(time).toISOString());
  const labels: ExportedLabel[] = [];
  if (row.consensus !== null)
    labels.push({
      className: row.consensus,
      source: { kind: 'consensus' },
      annotator: null,
      time: iso(row.consensus_at),
    });
  for (const { className, annotator, time } of row.answers ?? [])
    labels.push({ className, source: { kind: 'person' }, annotator, time: iso(time) });
  if (labels.length === 0 && said !== null && row.probabilities !== null) {
    const probabilities = Object.fromEntries(said.classNames.map((name, i) => [name, row.probabilities?.[i] ?? 0]));
    const best = said.classNames.reduce(
      (top, name) => ((probabilities[name] ?? 0) > (probabilities[top] ?? 0) ? name : top),
      said.classNames[0] ?? '',
    );
    labels.push({
      className: best,
      source: { kind: 'round', run: said.run, round: said.index, probabilities },
      annotator: null,
      time: iso(row.predicted_at),
    });
  }
  return labels;
}
