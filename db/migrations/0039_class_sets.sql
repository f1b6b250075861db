DROP TRIGGER image_count_moved ON image;--> statement-breakpoint
DROP INDEX "image_consensus_idx";--> statement-breakpoint
ALTER TABLE "image" DROP CONSTRAINT "image_consensus_class_id_class_id_fk";--> statement-breakpoint
ALTER TABLE "image" RENAME COLUMN "consensus_class_id" TO "consensus_class_ids";--> statement-breakpoint
-- Both at once: the table is written anew once, not twice.
ALTER TABLE "image"
  ALTER COLUMN "consensus_class_ids" TYPE uuid[] USING case when consensus_class_ids is not null then array[consensus_class_ids] end,
  ADD COLUMN "consensus_class_id" uuid GENERATED ALWAYS AS (case when cardinality(consensus_class_ids) = 1 then consensus_class_ids[1] end) STORED;--> statement-breakpoint
ALTER TABLE "image" ADD CONSTRAINT "image_consensus_class_id_class_id_fk" FOREIGN KEY ("consensus_class_id") REFERENCES "public"."class"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "image_consensus_idx" ON "image" USING btree ("project_id","consensus_class_id","split","id");--> statement-breakpoint
ALTER TABLE "annotation" DROP CONSTRAINT "annotation_class_id_class_id_fk";--> statement-breakpoint
ALTER TABLE "annotation" RENAME COLUMN "class_id" TO "class_ids";--> statement-breakpoint
-- Both at once: the table is written anew once, not twice.
ALTER TABLE "annotation"
  ALTER COLUMN "class_ids" TYPE uuid[] USING case when class_ids is not null then array[class_ids] end,
  ADD COLUMN "class_id" uuid GENERATED ALWAYS AS (case when cardinality(class_ids) = 1 then class_ids[1] end) STORED;--> statement-breakpoint
ALTER TABLE "annotation" ADD CONSTRAINT "annotation_class_id_class_id_fk" FOREIGN KEY ("class_id") REFERENCES "public"."class"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_images_added() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT project_id, split, consensus_state, consensus_class_ids IS NOT NULL, judgment_count - extra_wanted, count(*) FROM added WHERE split <> 'out' GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_images_removed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT project_id, split, consensus_state, consensus_class_ids IS NOT NULL, judgment_count - extra_wanted, -count(*) FROM removed WHERE split <> 'out' GROUP BY 1, 2, 3, 4, 5;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION count_image_moved() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO project_counter (project_id, split, state, resolved, judgments, images)
  SELECT * FROM (VALUES
    (OLD.project_id, OLD.split, OLD.consensus_state, OLD.consensus_class_ids IS NOT NULL, OLD.judgment_count - OLD.extra_wanted, -1),
    (NEW.project_id, NEW.split, NEW.consensus_state, NEW.consensus_class_ids IS NOT NULL, NEW.judgment_count - NEW.extra_wanted, 1)
  ) AS moved (project_id, split, state, resolved, judgments, images) WHERE split <> 'out';
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER image_count_moved AFTER UPDATE OF split, consensus_state, consensus_class_ids, judgment_count, extra_wanted ON image FOR EACH ROW
  WHEN (OLD.split <> NEW.split OR OLD.consensus_state <> NEW.consensus_state OR (OLD.consensus_class_ids IS NULL) <> (NEW.consensus_class_ids IS NULL)
    OR OLD.judgment_count - OLD.extra_wanted <> NEW.judgment_count - NEW.extra_wanted)
  EXECUTE FUNCTION count_image_moved();--> statement-breakpoint
-- Columns that changed their type have no statistics, and nothing would gather them before a tenth of the rows changed.
ANALYZE "image";--> statement-breakpoint
ANALYZE "annotation";
