CREATE TABLE "asked_image" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"project_id" uuid NOT NULL,
	"round_id" uuid,
	"member_id" uuid,
	"content_hash" text NOT NULL,
	"width" integer NOT NULL,
	"height" integer NOT NULL,
	"class_id" uuid,
	"probability" real NOT NULL,
	"asked_at" timestamp with time zone DEFAULT now() NOT NULL,
	"sent_at" timestamp with time zone
);
--> statement-breakpoint
ALTER TABLE "asked_image" ADD CONSTRAINT "asked_image_project_id_project_id_fk" FOREIGN KEY ("project_id") REFERENCES "public"."project"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asked_image" ADD CONSTRAINT "asked_image_round_id_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."round"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asked_image" ADD CONSTRAINT "asked_image_member_id_member_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."member"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "asked_image" ADD CONSTRAINT "asked_image_class_id_class_id_fk" FOREIGN KEY ("class_id") REFERENCES "public"."class"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "asked_image_project_content_unique" ON "asked_image" USING btree ("project_id","content_hash");--> statement-breakpoint
CREATE INDEX "asked_image_project_idx" ON "asked_image" USING btree ("project_id","asked_at","id");--> statement-breakpoint
UPDATE "project" SET "settings" = '{"keepAsked": 0}'::jsonb || "settings";
