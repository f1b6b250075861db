ALTER TABLE "class" ADD COLUMN "description_in" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "project" ADD COLUMN "guidelines_in" jsonb DEFAULT '{}'::jsonb NOT NULL;