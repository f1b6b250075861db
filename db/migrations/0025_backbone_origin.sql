ALTER TABLE "backbone" ADD COLUMN "kind" text DEFAULT 'layers' NOT NULL;--> statement-breakpoint
ALTER TABLE "backbone" ADD COLUMN "licence" text;--> statement-breakpoint
ALTER TABLE "backbone" ADD COLUMN "origin" text;--> statement-breakpoint
ALTER TABLE "backbone" ADD COLUMN "width" integer;--> statement-breakpoint
CREATE UNIQUE INDEX "backbone_built_in_unique" ON "backbone" USING btree ("organization_id") WHERE "backbone"."kind" = 'built-in';