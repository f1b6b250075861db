ALTER TABLE "member_pause" ADD COLUMN "said" jsonb;--> statement-breakpoint
ALTER TABLE "export" ADD COLUMN "said" jsonb;--> statement-breakpoint
ALTER TABLE "round" ADD COLUMN "decision_said" jsonb;--> statement-breakpoint
ALTER TABLE "run" ADD COLUMN "said" jsonb;--> statement-breakpoint
ALTER TABLE "feature_set" ADD COLUMN "said" jsonb;--> statement-breakpoint
ALTER TABLE "source" ADD COLUMN "error_said" jsonb;--> statement-breakpoint
ALTER TABLE "source_object" ADD COLUMN "message_said" jsonb;