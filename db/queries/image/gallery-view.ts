import { and, asc, count, eq } from 'drizzle-orm';
import type { SavedView } from '#core/schemas/labeling.ts';
import type { Db } from '../../client.ts';
import { galleryView } from '../../schema/index.ts';

/** Views of a project by name. */
export const listViews = (db: Db, projectId: string) =>
  db
    .select({
      id: galleryView.id,
      name: galleryView.name,
      view: galleryView.view,
      memberId: galleryView.memberId,
    })
    .from(galleryView)
    .where(eq(galleryView.projectId, projectId))
    .orderBy(asc(galleryView.name));

export async function countViews(db: Db, projectId: string): Promise<number> {
  const [row] = await db.select({ views: count() }).from(galleryView).where(eq(galleryView.projectId, projectId));
  return row?.views ?? 0;
}

/** Keeps a view under a name; null where the project has one of this name. */
export async function insertView(
  db: Db,
  row: { projectId: string; memberId: string; name: string; view: SavedView },
): Promise<string | null> {
  const [made] = await db.insert(galleryView).values(row).onConflictDoNothing().returning({ id: galleryView.id });
  return made?.id ?? null;
}

/** Removes a view, of this member only where one is named. Tells whether there was one. */
export async function deleteView(
  db: Db,
  params: { projectId: string; viewId: string; memberId: string | null },
): Promise<boolean> {
  const { projectId, viewId, memberId } = params;
  const gone = await db
    .delete(galleryView)
    .where(
      and(
        eq(galleryView.id, viewId),
        eq(galleryView.projectId, projectId),
        memberId === null ? undefined : eq(galleryView.memberId, memberId),
      ),
    )
    .returning({ id: galleryView.id });
  return gone.length > 0;
}
