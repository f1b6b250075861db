import { sql } from 'drizzle-orm';
import { bigint, index, integer, pgTable, primaryKey, real, uuid } from 'drizzle-orm/pg-core';
import { HASH_BANDS } from '#core/image/likeness.ts';
import { bytea } from './bytea.ts';
import { image } from './project.ts';

/** A band of a hash, as the indexes hold it. */
export const bandOf = (hash: unknown, band: bigint) => sql`(${hash} & ${sql.raw(`(${band})`)})`;

/**
 * What an image looks like (core/image/likeness.ts); beside `image`, whose rows change often. None for images without
 * structure.
 */
export const imageLikeness = pgTable(
  'image_likeness',
  {
    imageId: uuid('image_id')
      .primaryKey()
      .references(() => image.id, { onDelete: 'cascade' }),
    projectId: uuid('project_id').notNull(),
    hash: bigint('hash', { mode: 'bigint' }).notNull(),
    gray: bytea('gray').notNull(),
    /**
     * The image that this one followed into its split at import, and with it the first of those that did; null when it
     * was drawn itself.
     */
    followed: uuid('followed'),
  },
  (table) => [
    // The band first: with the project first, any of the four would seem as good for a project that the planner has not
    // met.
    ...HASH_BANDS.map((band, position) =>
      index(`image_likeness_band_${position}_idx`).on(bandOf(table.hash, band), table.projectId),
    ),
    index('image_likeness_followed_idx')
      .on(table.followed)
      .where(sql`${table.followed} is not null`),
  ],
);

/**
 * An image of validation or test and one of the pool that looks like it: what was learned from the one flatters the
 * figure on the other. A pair is open while the two stand in such splits.
 */
export const lookAlike = pgTable(
  'look_alike',
  {
    projectId: uuid('project_id').notNull(),
    imageId: uuid('image_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    twinId: uuid('twin_id')
      .notNull()
      .references(() => image.id, { onDelete: 'cascade' }),
    /** Bits of the hashes and mean gray values, 0..255, in which they differ. */
    distance: integer('distance').notNull(),
    difference: real('difference').notNull(),
    /** The stroke by which a lead moved the twin out of the pool; null while it is there. */
    moveId: uuid('move_id'),
  },
  (table) => [
    primaryKey({ columns: [table.imageId, table.twinId] }),
    index('look_alike_project_idx').on(table.projectId, table.imageId, table.twinId),
    index('look_alike_twin_idx').on(table.twinId),
    index('look_alike_move_idx')
      .on(table.moveId)
      .where(sql`${table.moveId} is not null`),
  ],
);
