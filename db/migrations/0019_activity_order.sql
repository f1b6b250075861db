DROP INDEX "activity_organization_idx";--> statement-breakpoint
DROP INDEX "activity_project_idx";--> statement-breakpoint
CREATE INDEX "activity_organization_idx" ON "activity" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "activity_project_idx" ON "activity" USING btree ("project_id","created_at","id");