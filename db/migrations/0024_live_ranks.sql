ALTER TABLE "live_teacher" ADD COLUMN "seen" text NOT NULL;--> statement-breakpoint
ALTER TABLE "live_teacher" ADD COLUMN "order" text NOT NULL;--> statement-breakpoint
ALTER TABLE "live_teacher" ADD COLUMN "ranks" "bytea" NOT NULL;