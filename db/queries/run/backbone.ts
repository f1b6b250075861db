import { and, desc, eq, inArray, isNull, ne, notExists, notInArray, sql } from 'drizzle-orm';
import { must } from '#core/must.ts';
import { notFound } from '#core/errors.ts';
import type { Db } from '../../client.ts';
import { backbone, checkpoint, member, organization, project, round, run } from '../../schema/index.ts';
import { seesProject } from '../../schema/sees-project.ts';

/** Adds imported weights; the same file of one organization is one backbone. */
export async function insertBackbone(
  db: Db,
  row: Omit<typeof backbone.$inferInsert, 'id' | 'createdAt'>,
): Promise<string> {
  const [known] = await db
    .select({ id: backbone.id })
    .from(backbone)
    .where(and(eq(backbone.organizationId, row.organizationId), eq(backbone.sha256, row.sha256)));
  if (known) return known.id;
  return must(await db.insert(backbone).values(row).returning({ id: backbone.id }), 0, 'backbone').id;
}

/** Organizations that the built-in backbone has not been offered to. */
export async function listWithoutBuiltIn(db: Db): Promise<string[]> {
  const own = and(eq(backbone.organizationId, organization.id), eq(backbone.kind, 'built-in'));
  const rows = await db
    .select({ id: organization.id })
    .from(organization)
    .where(notExists(db.select({ id: backbone.id }).from(backbone).where(own)));
  return rows.map(({ id }) => id);
}

/** Removes a backbone of the organization; returns its file if no other backbone shares it. */
export async function deleteBackbone(
  db: Db,
  params: { id: string; organizationId: string },
): Promise<{ name: string; blobKey: string | null }> {
  const [gone] = await db
    .delete(backbone)
    .where(and(eq(backbone.id, params.id), eq(backbone.organizationId, params.organizationId)))
    .returning({ name: backbone.name, blobKey: backbone.blobKey });
  if (!gone) throw notFound('backbone');
  const [shared] = await db
    .select({ id: backbone.id })
    .from(backbone)
    .where(eq(backbone.blobKey, gone.blobKey))
    .limit(1);
  return { name: gone.name, blobKey: shared ? null : gone.blobKey };
}

/** Those of these backbones that are still there, by name: what a model card says of them. */
export const listBackboneFacts = (db: Db, ids: readonly string[]) =>
  db
    .select({ name: backbone.name, licence: backbone.licence, origin: backbone.origin })
    .from(backbone)
    .where(inArray(backbone.id, [...ids]))
    .orderBy(backbone.name);

/** The run that still works with a backbone, if any: its number and its project's name. */
export async function findRunWithBackbone(db: Db, id: string): Promise<{ number: number; project: string } | null> {
  const [found] = await db
    .select({ number: run.number, project: project.name })
    .from(run)
    .innerJoin(project, eq(project.id, run.projectId))
    .where(
      and(
        notInArray(run.status, ['finished', 'cancelled', 'failed']),
        sql`${run.config}::text like ${`%${id}%`}`,
        ne(project.status, 'deleted'),
      ),
    )
    .limit(1);
  return found ?? null;
}

/** Finished rounds that a member sees whose weights another run may start from, the newest first. */
export const listAdoptable = (db: Db, seer: { organizationId: string; memberId: string }) =>
  db
    .select({
      roundId: round.id,
      index: round.index,
      role: round.role,
      member: round.member,
      model: round.model,
      runNumber: run.number,
      projectName: project.name,
      inputSize: sql<number>`(${run.config}->>'inputSize')::int`,
      valAccuracy: sql<number | null>`(${round.metrics}->>'valAccuracy')::float8`,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .innerJoin(project, eq(project.id, run.projectId))
    .innerJoin(member, eq(member.id, seer.memberId))
    .where(
      and(
        eq(project.organizationId, seer.organizationId),
        ne(project.status, 'deleted'),
        seesProject(),
        eq(round.stage, 'done'),
        ne(round.role, 'control'),
        isNull(round.rolledBackAt),
      ),
    )
    .orderBy(desc(round.endedAt), desc(round.id))
    .limit(100);

/** A finished round with its final weights; one that the member does not see does not exist. */
export async function getAdoptable(db: Db, params: { roundId: string; organizationId: string; memberId: string }) {
  const [row] = await db
    .select({
      index: round.index,
      role: round.role,
      member: round.member,
      runNumber: run.number,
      projectName: project.name,
      blobKey: checkpoint.blobKey,
      sha256: checkpoint.sha256,
      bytes: checkpoint.bytes,
      inputSize: sql<number>`(${run.config}->>'inputSize')::int`,
    })
    .from(round)
    .innerJoin(run, eq(run.id, round.runId))
    .innerJoin(
      project,
      and(
        eq(project.id, run.projectId),
        eq(project.organizationId, params.organizationId),
        ne(project.status, 'deleted'),
      ),
    )
    .innerJoin(checkpoint, and(eq(checkpoint.roundId, round.id), eq(checkpoint.final, true)))
    .innerJoin(member, eq(member.id, params.memberId))
    .where(and(eq(round.id, params.roundId), seesProject()));
  if (!row) throw notFound('round');
  return row;
}

/** A backbone of the organization that owns the project; another one's does not exist for it. */
export async function getBackbone(db: Db, params: { id: string; projectId: string }) {
  const [row] = await db
    .select({
      id: backbone.id,
      name: backbone.name,
      blobKey: backbone.blobKey,
      sha256: backbone.sha256,
      inputSize: backbone.inputSize,
      kind: backbone.kind,
      licence: backbone.licence,
      origin: backbone.origin,
    })
    .from(backbone)
    .innerJoin(project, and(eq(project.organizationId, backbone.organizationId), eq(project.id, params.projectId)))
    .where(eq(backbone.id, params.id));
  if (!row) throw notFound('backbone');
  return row;
}

/** Pre-trained weights that the organization has imported, newest first. */
export const listBackbones = (db: Db, organizationId: string) =>
  db
    .select({
      id: backbone.id,
      name: backbone.name,
      inputSize: backbone.inputSize,
      bytes: backbone.bytes,
      kind: backbone.kind,
      width: backbone.width,
      licence: backbone.licence,
      origin: backbone.origin,
      sourceUrl: backbone.sourceUrl,
    })
    .from(backbone)
    .where(eq(backbone.organizationId, organizationId))
    .orderBy(desc(backbone.createdAt))
    .limit(100);
