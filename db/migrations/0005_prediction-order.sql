DROP INDEX "prediction_confidence_idx";--> statement-breakpoint
CREATE INDEX "prediction_order_idx" ON "prediction" USING btree ("round_id","confidence","image_id");--> statement-breakpoint
CREATE INDEX "prediction_confidence_idx" ON "prediction" USING btree ("round_id","class_index","confidence","image_id");