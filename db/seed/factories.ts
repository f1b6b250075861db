import { createHash, randomUUID } from 'node:crypto';
import type { Role } from '#core/people/access.ts';
import { DEFAULT_PROJECT_SETTINGS, dressClasses } from '#core/project/project.ts';
import type { ProjectSettings, Split } from '#core/project/project.ts';
import type { Db } from '../client.ts';
import { upsertMember } from '../queries/people/member.ts';
import { setProjects } from '../queries/people/project-scope.ts';
import { insertOrganization } from '../queries/people/organization.ts';
import { insertClasses, insertProject } from '../queries/project/project.ts';
import { image, user } from '../schema/index.ts';

/** Rows for tests, benches and e2e; the same writers that the product uses. */
export const createOrganization = (db: Db, name = 'Test organization'): Promise<string> => insertOrganization(db, name);

/** A member who sees every project, or these. */
export async function createMember(
  db: Db,
  params: { organizationId: string; role?: Role; name?: string; projectIds?: string[] },
) {
  const userId = randomUUID();
  const name = params.name ?? 'Test member';
  await db.insert(user).values({ id: userId, name, email: `${userId}@example.test` });
  const memberId = await upsertMember(db, {
    organizationId: params.organizationId,
    userId,
    role: params.role ?? 'annotator',
  });
  if (params.projectIds) await setProjects(db, { memberId, projectIds: params.projectIds });
  return {
    memberId,
    userId,
    name,
    role: params.role ?? 'annotator',
    organizationId: params.organizationId,
    allProjects: params.projectIds === undefined,
  };
}

export async function createProject(
  db: Db,
  params: { organizationId: string; classes?: string[]; settings?: Partial<ProjectSettings>; name?: string },
) {
  const settings = { ...DEFAULT_PROJECT_SETTINGS, ...params.settings };
  const project = await insertProject(db, {
    organizationId: params.organizationId,
    name: params.name ?? 'Test project',
    settings,
    overlap: settings.overlap,
  });
  const names = params.classes ?? ['cat', 'dog'];
  const classes = await insertClasses(
    db,
    dressClasses(names, []).map((item) => ({ ...item, projectId: project.id })),
  );
  return { ...project, classes };
}

/** Image rows without bytes behind them. Returns their ids in order. */
export async function createImages(
  db: Db,
  params: { projectId: string; count: number; split?: Split; name?: string },
): Promise<string[]> {
  const name = params.name ?? 'image';
  const rows = Array.from({ length: params.count }, (_, index) => ({
    projectId: params.projectId,
    contentHash: createHash('sha256')
      .update(`${params.projectId}:${name}:${params.split ?? 'pool'}:${index}`)
      .digest('hex'),
    fileName: `${name}-${index}.png`,
    width: 32,
    height: 32,
    channels: 3,
    bytes: 1000,
    split: params.split ?? ('pool' as const),
    shuffle: index / params.count,
  }));
  const ids: string[] = [];
  for (let start = 0; start < rows.length; start += 2000) {
    const inserted = await db
      .insert(image)
      .values(rows.slice(start, start + 2000))
      .returning({ id: image.id });
    ids.push(...inserted.map((row) => row.id));
  }
  return ids;
}
