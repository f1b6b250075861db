import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea } from './bytea.ts';
import { round } from './run.ts';

/**
 * Images of the pool that a round answers together. Any trainer may answer one, under a lease; whoever holds the run
 * stores what follows from it.
 */
export const predictionShard = pgTable(
  'prediction_shard',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    roundId: uuid('round_id')
      .notNull()
      .references(() => round.id, { onDelete: 'cascade' }),
    /** What makes embeddings compact and places on the map is fitted to shard 0. */
    index: integer('index').notNull(),
    status: text('status').$type<'open' | 'answered' | 'stored'>().notNull().default('open'),
    /** How many images of the pool come before it, and how many there were when it was cut. */
    start: integer('start').notNull(),
    total: integer('total').notNull(),
    images: integer('images').notNull(),
    /** Ids of 16 bytes, in the order of the images' content; null once stored, but for shard 0. */
    imageIds: bytea('image_ids'),
    /** Engine and runtime whose answers fit those of the run's own trainer; null where nobody can help. */
    answerer: text('answerer'),
    /** Who has it, and until when; once answered, whose answers they are. */
    trainerId: text('trainer_id'),
    trainerUntil: timestamp('trainer_until', { withTimezone: true }),
    /** Float32, [images, classes] and [images, width]; null but between answered and stored. */
    logits: bytea('logits'),
    embeddings: bytea('embeddings'),
  },
  (table) => [
    uniqueIndex('prediction_shard_round_index_unique').on(table.roundId, table.index),
    index('prediction_shard_open_idx')
      .on(table.answerer, table.index)
      .where(sql`${table.status} = 'open'`),
    index('prediction_shard_answered_idx')
      .on(table.roundId)
      .where(sql`${table.status} = 'answered'`),
  ],
);
