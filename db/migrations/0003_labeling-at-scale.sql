TRUNCATE "project_counter";--> statement-breakpoint
ALTER TABLE "project_counter" DROP CONSTRAINT "project_counter_project_id_project_id_fk";
--> statement-breakpoint
DROP INDEX "project_counter_unique";--> statement-breakpoint
DROP INDEX "image_claim_idx";--> statement-breakpoint
DROP INDEX "image_gallery_idx";--> statement-breakpoint
DROP INDEX "image_consensus_idx";--> statement-breakpoint
ALTER TABLE "image" drop column "need";--> statement-breakpoint
ALTER TABLE "image" ADD COLUMN "need" integer GENERATED ALWAYS AS (case when consensus_state = 'adjudicated' then -100 else extra_wanted - judgment_count - lease_count end) STORED NOT NULL;--> statement-breakpoint
ALTER TABLE "project_counter" ADD COLUMN "split" text NOT NULL;--> statement-breakpoint
ALTER TABLE "project_counter" ADD COLUMN "state" text NOT NULL;--> statement-breakpoint
ALTER TABLE "project_counter" ADD COLUMN "resolved" boolean NOT NULL;--> statement-breakpoint
ALTER TABLE "project_counter" ADD COLUMN "judgments" integer NOT NULL;--> statement-breakpoint
ALTER TABLE "project_counter" ADD COLUMN "images" bigint NOT NULL;--> statement-breakpoint
CREATE INDEX "image_assigned_idx" ON "image" USING btree ("project_id","assigned_to","need" DESC NULLS LAST,"priority" DESC NULLS LAST,"shuffle","id") WHERE "image"."assigned_to" is not null;--> statement-breakpoint
CREATE INDEX "image_state_idx" ON "image" USING btree ("project_id","consensus_state","id");--> statement-breakpoint
CREATE INDEX "image_flagged_idx" ON "image" USING btree ("project_id","id") WHERE "image"."flagged";--> statement-breakpoint
CREATE INDEX "image_gold_idx" ON "image" USING btree ("project_id","id") WHERE "image"."gold_class_id" is not null;--> statement-breakpoint
CREATE INDEX "project_counter_idx" ON "project_counter" USING btree ("project_id");--> statement-breakpoint
CREATE INDEX "review_item_image_idx" ON "review_item" USING btree ("image_id") WHERE "review_item"."status" = 'open';--> statement-breakpoint
CREATE INDEX "prediction_map_idx" ON "prediction" USING btree ("round_id","map_x");--> statement-breakpoint
CREATE INDEX "image_claim_idx" ON "image" USING btree ("project_id","need" DESC NULLS LAST,"priority" DESC NULLS LAST,"shuffle","id") WHERE "image"."assigned_to" is null;--> statement-breakpoint
CREATE INDEX "image_gallery_idx" ON "image" USING btree ("project_id","id");--> statement-breakpoint
CREATE INDEX "image_consensus_idx" ON "image" USING btree ("project_id","consensus_class_id","split","id");--> statement-breakpoint
ALTER TABLE "project_counter" DROP COLUMN "name";--> statement-breakpoint
ALTER TABLE "project_counter" DROP COLUMN "value";--> statement-breakpoint
CREATE FUNCTION count_images_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT project_id, split, consensus_state, consensus_class_id IS NOT NULL, judgment_count - extra_wanted, count(*) FROM added GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION count_images_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT project_id, split, consensus_state, consensus_class_id IS NOT NULL, judgment_count - extra_wanted, -count(*) FROM removed GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE FUNCTION count_image_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images) VALUES
    (OLD.project_id, OLD.split, OLD.consensus_state, OLD.consensus_class_id IS NOT NULL, OLD.judgment_count - OLD.extra_wanted, -1),
    (NEW.project_id, NEW.split, NEW.consensus_state, NEW.consensus_class_id IS NOT NULL, NEW.judgment_count - NEW.extra_wanted, 1);
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER image_count_added AFTER INSERT ON image REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION count_images_added();--> statement-breakpoint
CREATE TRIGGER image_count_removed AFTER DELETE ON image REFERENCING OLD TABLE AS removed FOR EACH STATEMENT EXECUTE FUNCTION count_images_removed();--> statement-breakpoint
CREATE TRIGGER image_count_moved AFTER UPDATE OF split, consensus_state, consensus_class_id, judgment_count, extra_wanted ON image FOR EACH ROW
  WHEN (OLD.split <> NEW.split OR OLD.consensus_state <> NEW.consensus_state OR (OLD.consensus_class_id IS NULL) <> (NEW.consensus_class_id IS NULL)
    OR OLD.judgment_count - OLD.extra_wanted <> NEW.judgment_count - NEW.extra_wanted)
  EXECUTE FUNCTION count_image_moved();--> statement-breakpoint
INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
SELECT project_id, split, consensus_state, consensus_class_id IS NOT NULL, judgment_count - extra_wanted, count(*) FROM image GROUP BY 1, 2, 3, 4, 5;
