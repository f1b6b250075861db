DROP INDEX "annotation_member_idx";--> statement-breakpoint
CREATE INDEX "annotation_day_idx" ON "annotation" USING btree ("project_id","member_id","created_at") WHERE "annotation"."kind" = 'decide' and "annotation"."source" <> 'import';--> statement-breakpoint
CREATE INDEX "annotation_member_idx" ON "annotation" USING btree ("project_id","member_id","seq");