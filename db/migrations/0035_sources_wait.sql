DROP INDEX "source_object_replaced_idx";--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "misses" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "wait_until" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "source_object" ADD COLUMN "replaced_hashes" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
UPDATE "source_object" SET "replaced_hashes" = ARRAY["replaced_hash"] WHERE "replaced_hash" IS NOT NULL;--> statement-breakpoint
CREATE INDEX "source_object_replaced_idx" ON "source_object" USING btree ("source_id") WHERE "source_object"."replaced_hashes" <> '{}';--> statement-breakpoint
ALTER TABLE "source_object" DROP COLUMN "replaced_hash";