DROP INDEX "image_open_idx";--> statement-breakpoint
DROP INDEX "image_claim_idx";--> statement-breakpoint
ALTER TABLE "image" ADD COLUMN "need" integer GENERATED ALWAYS AS (extra_wanted - judgment_count - lease_count) STORED NOT NULL;--> statement-breakpoint
CREATE INDEX "image_claim_idx" ON "image" USING btree ("project_id","need" DESC NULLS LAST,"priority" DESC NULLS LAST,"shuffle","id");