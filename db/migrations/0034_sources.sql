CREATE TABLE "source" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"project_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"name" text NOT NULL,
	"place" jsonb NOT NULL,
	"sealed_keys" text,
	"hook_hash" text,
	"interval" text NOT NULL,
	"takes_new" boolean NOT NULL,
	"choice" jsonb NOT NULL,
	"work" text DEFAULT 'idle' NOT NULL,
	"due_at" timestamp with time zone,
	"held_until" timestamp with time zone,
	"fence" integer DEFAULT 0 NOT NULL,
	"pass" integer DEFAULT 0 NOT NULL,
	"cursor" text,
	"listed" integer DEFAULT 0 NOT NULL,
	"listing_since" timestamp with time zone,
	"import_id" uuid,
	"synced_at" timestamp with time zone,
	"error" text,
	"problems" jsonb DEFAULT '[]'::jsonb NOT NULL,
	"problem_count" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "source_object" (
	"source_id" uuid NOT NULL,
	"key" text NOT NULL,
	"size" bigint DEFAULT 0 NOT NULL,
	"mark" text DEFAULT '' NOT NULL,
	"state" text NOT NULL,
	"pass" integer NOT NULL,
	"said" jsonb,
	"content_hash" text,
	"taken_mark" text,
	"replaced_hash" text,
	"message" text,
	CONSTRAINT "source_object_source_id_key_pk" PRIMARY KEY("source_id","key")
);
--> statement-breakpoint
ALTER TABLE "source" ADD CONSTRAINT "source_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source" ADD CONSTRAINT "source_member_id_member_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."member"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source" ADD CONSTRAINT "source_import_id_image_import_id_fk" FOREIGN KEY ("import_id") REFERENCES "public"."image_import"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "source_object" ADD CONSTRAINT "source_object_source_id_source_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."source"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "source_project_idx" ON "source" USING btree ("project_id","created_at");--> statement-breakpoint
CREATE INDEX "source_member_idx" ON "source" USING btree ("member_id");--> statement-breakpoint
CREATE INDEX "source_import_idx" ON "source" USING btree ("import_id");--> statement-breakpoint
CREATE INDEX "source_due_idx" ON "source" USING btree ("due_at") WHERE "source"."due_at" is not null;--> statement-breakpoint
CREATE INDEX "source_work_idx" ON "source" USING btree ("held_until") WHERE "source"."work" <> 'idle';--> statement-breakpoint
CREATE INDEX "source_object_state_idx" ON "source_object" USING btree ("source_id","state","key");--> statement-breakpoint
CREATE INDEX "source_object_content_idx" ON "source_object" USING btree ("content_hash") WHERE "source_object"."content_hash" is not null;--> statement-breakpoint
CREATE INDEX "source_object_replaced_idx" ON "source_object" USING btree ("source_id") WHERE "source_object"."replaced_hash" is not null;