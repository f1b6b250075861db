DROP INDEX "round_run_index_role_unique";--> statement-breakpoint
ALTER TABLE "round" ADD COLUMN "member" integer DEFAULT 0 NOT NULL;--> statement-breakpoint
CREATE UNIQUE INDEX "round_run_index_role_member_unique" ON "round" USING btree ("run_id","index","role","member");--> statement-breakpoint
UPDATE "run" SET "config" = "config" || '{"teachers": 1}'::jsonb WHERE NOT "config" ? 'teachers';
