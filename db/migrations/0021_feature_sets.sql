CREATE TABLE "feature_cell" (
	"set_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"centre" "bytea" NOT NULL,
	"unsorted" integer DEFAULT 0 NOT NULL,
	"image_ids" "bytea" NOT NULL,
	"embeddings" "bytea" NOT NULL,
	CONSTRAINT "feature_cell_set_id_index_pk" PRIMARY KEY("set_id","index")
);
--> statement-breakpoint
CREATE TABLE "feature_set" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"project_id" uuid NOT NULL,
	"backbone_id" uuid,
	"side" integer NOT NULL,
	"width" integer,
	"taps" jsonb,
	"compression" "bytea",
	"message" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"ready_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "feature_shard" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"set_id" uuid NOT NULL,
	"status" text DEFAULT 'queued' NOT NULL,
	"images" integer NOT NULL,
	"image_ids" "bytea" NOT NULL,
	"features" "bytea",
	"embeddings" "bytea",
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"done_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "image_feature" (
	"set_id" uuid NOT NULL,
	"image_id" uuid NOT NULL,
	"shard_id" uuid,
	CONSTRAINT "image_feature_set_id_image_id_pk" PRIMARY KEY("set_id","image_id")
);
--> statement-breakpoint
CREATE TABLE "live_guess" (
	"project_id" uuid NOT NULL,
	"image_id" uuid NOT NULL,
	"class_index" integer NOT NULL,
	"confidence" real NOT NULL,
	CONSTRAINT "live_guess_project_id_image_id_pk" PRIMARY KEY("project_id","image_id")
);
--> statement-breakpoint
CREATE TABLE "live_suspect" (
	"project_id" uuid NOT NULL,
	"image_id" uuid NOT NULL,
	"given_class_id" uuid NOT NULL,
	"suggested_class_id" uuid NOT NULL,
	"confidence" real NOT NULL,
	"margin" real NOT NULL,
	CONSTRAINT "live_suspect_project_id_image_id_pk" PRIMARY KEY("project_id","image_id")
);
--> statement-breakpoint
CREATE TABLE "live_teacher" (
	"project_id" uuid PRIMARY KEY NOT NULL,
	"set_id" uuid,
	"version" integer DEFAULT 1 NOT NULL,
	"class_ids" jsonb NOT NULL,
	"labels" integer NOT NULL,
	"labels_hash" text NOT NULL,
	"figures" jsonb NOT NULL,
	"seconds" real NOT NULL,
	"fitted_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "feature_cell" ADD CONSTRAINT "feature_cell_set_id_feature_set_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."feature_set"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_set" ADD CONSTRAINT "feature_set_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_set" ADD CONSTRAINT "feature_set_backbone_id_backbone_id_fk" FOREIGN KEY ("backbone_id") REFERENCES "public"."backbone"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_shard" ADD CONSTRAINT "feature_shard_set_id_feature_set_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."feature_set"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_feature" ADD CONSTRAINT "image_feature_set_id_feature_set_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."feature_set"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "image_feature" ADD CONSTRAINT "image_feature_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_guess" ADD CONSTRAINT "live_guess_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_guess" ADD CONSTRAINT "live_guess_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_suspect" ADD CONSTRAINT "live_suspect_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_suspect" ADD CONSTRAINT "live_suspect_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_suspect" ADD CONSTRAINT "live_suspect_given_class_id_class_id_fk" FOREIGN KEY ("given_class_id") REFERENCES "public"."class"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_suspect" ADD CONSTRAINT "live_suspect_suggested_class_id_class_id_fk" FOREIGN KEY ("suggested_class_id") REFERENCES "public"."class"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_teacher" ADD CONSTRAINT "live_teacher_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "live_teacher" ADD CONSTRAINT "live_teacher_set_id_feature_set_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."feature_set"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "feature_set_unique" ON "feature_set" USING btree ("project_id",coalesce("backbone_id", '00000000-0000-0000-0000-000000000000'),"side");--> statement-breakpoint
CREATE INDEX "feature_set_backbone_idx" ON "feature_set" USING btree ("backbone_id");--> statement-breakpoint
CREATE INDEX "feature_shard_set_idx" ON "feature_shard" USING btree ("set_id","status","done_at");--> statement-breakpoint
CREATE INDEX "feature_shard_queued_idx" ON "feature_shard" USING btree ("created_at") WHERE "feature_shard"."status" = 'queued';--> statement-breakpoint
CREATE INDEX "image_feature_image_idx" ON "image_feature" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "image_feature_waiting_idx" ON "image_feature" USING btree ("set_id","image_id") WHERE "image_feature"."shard_id" is null;--> statement-breakpoint
CREATE INDEX "live_guess_image_idx" ON "live_guess" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "live_guess_class_idx" ON "live_guess" USING btree ("project_id","class_index","confidence","image_id");--> statement-breakpoint
CREATE INDEX "live_guess_confidence_idx" ON "live_guess" USING btree ("project_id","confidence","image_id");--> statement-breakpoint
CREATE INDEX "live_suspect_image_idx" ON "live_suspect" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "live_suspect_order_idx" ON "live_suspect" USING btree ("project_id","margin");