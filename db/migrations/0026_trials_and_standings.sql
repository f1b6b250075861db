CREATE TABLE "scratch_trial" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"project_id" uuid NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"labels" integer NOT NULL,
	"figures" jsonb,
	"images_per_second" real,
	"side" integer,
	"seconds" real,
	"message" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "round" ADD COLUMN "standings" jsonb;--> statement-breakpoint
ALTER TABLE "scratch_trial" ADD CONSTRAINT "scratch_trial_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "scratch_trial_queued_unique" ON "scratch_trial" USING btree ("project_id") WHERE "scratch_trial"."status" = 'queued';--> statement-breakpoint
CREATE INDEX "scratch_trial_project_idx" ON "scratch_trial" USING btree ("project_id","created_at" DESC NULLS LAST);