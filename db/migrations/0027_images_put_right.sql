CREATE TABLE "image_aside" (
	"image_id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"kind" text NOT NULL,
	"reason" text DEFAULT '' NOT NULL,
	"split" text NOT NULL,
	"member_id" uuid,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "image_change" (
	"stroke_id" uuid NOT NULL,
	"image_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"change" jsonb NOT NULL,
	"before" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "image_change_stroke_id_image_id_pk" PRIMARY KEY("stroke_id","image_id")
);
--> statement-breakpoint
CREATE TABLE "image_tag" (
	"image_id" uuid NOT NULL,
	"project_id" uuid NOT NULL,
	"tag" text NOT NULL,
	CONSTRAINT "image_tag_image_id_tag_pk" PRIMARY KEY("image_id","tag")
);
--> statement-breakpoint
ALTER TABLE "image" drop column "need";--> statement-breakpoint
ALTER TABLE "image" ADD COLUMN "need" integer GENERATED ALWAYS AS (case when split = 'out' or consensus_state = 'adjudicated' then -100
          else extra_wanted - judgment_count - lease_count end) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "class" ADD COLUMN "description" text DEFAULT '' NOT NULL;--> statement-breakpoint
ALTER TABLE "class" ADD COLUMN "example_ids" jsonb DEFAULT '[]'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "class" ADD COLUMN "merged_into_id" uuid;--> statement-breakpoint
ALTER TABLE "class" ADD COLUMN "merged_before" jsonb;--> statement-breakpoint
ALTER TABLE "image_aside" ADD CONSTRAINT "image_aside_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_aside" ADD CONSTRAINT "image_aside_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_aside" ADD CONSTRAINT "image_aside_member_id_member_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."member"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_change" ADD CONSTRAINT "image_change_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_change" ADD CONSTRAINT "image_change_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_tag" ADD CONSTRAINT "image_tag_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_tag" ADD CONSTRAINT "image_tag_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "image_aside_project_idx" ON "image_aside" USING btree ("project_id","kind","image_id");--> statement-breakpoint
CREATE INDEX "image_aside_deleted_idx" ON "image_aside" USING btree ("created_at") WHERE "image_aside"."kind" = 'deleted';--> statement-breakpoint
CREATE INDEX "image_change_image_idx" ON "image_change" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "image_change_age_idx" ON "image_change" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "image_tag_project_idx" ON "image_tag" USING btree ("project_id","tag","image_id");--> statement-breakpoint
ALTER TABLE "class" ADD CONSTRAINT "class_merged_into_id_class_id_fk" FOREIGN KEY ("merged_into_id") REFERENCES "public"."class"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "class_merged_idx" ON "class" USING btree ("project_id","merged_into_id") WHERE "class"."merged_into_id" is not null;--> statement-breakpoint
CREATE INDEX "image_assigned_idx" ON "image" USING btree ("project_id","assigned_to","need" DESC NULLS LAST,"priority" DESC NULLS LAST,"shuffle","id") WHERE "image"."assigned_to" is not null;--> statement-breakpoint
CREATE INDEX "image_claim_idx" ON "image" USING btree ("project_id","need" DESC NULLS LAST,"priority" DESC NULLS LAST,"shuffle","id") WHERE "image"."assigned_to" is null;--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_images_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT project_id, split, consensus_state, consensus_class_id IS NOT NULL, judgment_count - extra_wanted, count(*) FROM added WHERE split <> 'out' GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_images_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT project_id, split, consensus_state, consensus_class_id IS NOT NULL, judgment_count - extra_wanted, -count(*) FROM removed WHERE split <> 'out' GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_image_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT * FROM (VALUES
    (OLD.project_id, OLD.split, OLD.consensus_state, OLD.consensus_class_id IS NOT NULL, OLD.judgment_count - OLD.extra_wanted, -1),
    (NEW.project_id, NEW.split, NEW.consensus_state, NEW.consensus_class_id IS NOT NULL, NEW.judgment_count - NEW.extra_wanted, 1)
  ) AS moved (project_id, split, state, resolved, judgments, images) WHERE split <> 'out';
  RETURN NULL;
END $$;
