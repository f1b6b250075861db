CREATE TABLE "blob_removal" (
	"prefix" text PRIMARY KEY NOT NULL,
	"due_at" timestamp with time zone DEFAULT now() + interval '1 hour' NOT NULL,
	"swept_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "image_import" ADD COLUMN "source" text DEFAULT 'upload' NOT NULL;--> statement-breakpoint
ALTER TABLE "image_import" ADD COLUMN "beat_at" timestamp with time zone DEFAULT now() NOT NULL;--> statement-breakpoint
CREATE INDEX "webhook_delivery_ended_idx" ON "webhook_delivery" USING btree ("created_at") WHERE "webhook_delivery"."due_at" is null;--> statement-breakpoint
CREATE INDEX "image_import_running_idx" ON "image_import" USING btree ("beat_at") WHERE "image_import"."status" = 'running';