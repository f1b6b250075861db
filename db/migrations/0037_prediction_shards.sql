CREATE TABLE "prediction_shard" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"round_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"status" text DEFAULT 'open' NOT NULL,
	"start" integer NOT NULL,
	"total" integer NOT NULL,
	"images" integer NOT NULL,
	"image_ids" "bytea",
	"answerer" text,
	"trainer_id" text,
	"trainer_until" timestamp with time zone,
	"logits" "bytea",
	"embeddings" "bytea"
);
--> statement-breakpoint
ALTER TABLE "prediction_shard" ADD CONSTRAINT "prediction_shard_round_id_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "prediction_shard_round_index_unique" ON "prediction_shard" USING btree ("round_id","index");--> statement-breakpoint
CREATE INDEX "prediction_shard_open_idx" ON "prediction_shard" USING btree ("answerer","index") WHERE "prediction_shard"."status" = 'open';