import { and, eq, inArray } from 'drizzle-orm';
import type { Db } from '../../client.ts';
import { image } from '../../schema/index.ts';

/** What the label page shows of claimed images, in the order of the claims. */
export async function listLabelImages(
  db: Db,
  projectId: string,
  claimed: readonly { imageId: string; token: number | null }[],
) {
  if (claimed.length === 0) return [];
  const rows = await db
    .select({
      id: image.id,
      fileName: image.fileName,
      width: image.width,
      height: image.height,
      flagged: image.flagged,
    })
    .from(image)
    .where(
      and(
        eq(image.projectId, projectId),
        inArray(
          image.id,
          claimed.map((item) => item.imageId),
        ),
      ),
    );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return claimed.flatMap(({ imageId, token }) => {
    const row = byId.get(imageId);
    return row ? [{ ...row, token }] : [];
  });
}
