DROP INDEX "review_item_image_idx";--> statement-breakpoint
CREATE INDEX "snapshot_item_image_idx" ON "snapshot_item" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "round_label_image_idx" ON "round_label" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "review_item_image_idx" ON "review_item" USING btree ("image_id");