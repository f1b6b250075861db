CREATE TABLE "feature_pair" (
	"set_id" uuid NOT NULL,
	"image_id" uuid NOT NULL,
	"twin_id" uuid NOT NULL,
	"distance" real NOT NULL,
	CONSTRAINT "feature_pair_set_id_image_id_twin_id_pk" PRIMARY KEY("set_id","image_id","twin_id")
);
--> statement-breakpoint
ALTER TABLE "feature_set" ADD COLUMN "paired_images" integer;--> statement-breakpoint
ALTER TABLE "feature_shard" ADD COLUMN "places" "bytea";--> statement-breakpoint
ALTER TABLE "feature_pair" ADD CONSTRAINT "feature_pair_set_id_feature_set_id_fk" FOREIGN KEY ("set_id") REFERENCES "public"."feature_set"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_pair" ADD CONSTRAINT "feature_pair_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "feature_pair" ADD CONSTRAINT "feature_pair_twin_id_image_id_fk" FOREIGN KEY ("twin_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "feature_pair_order_idx" ON "feature_pair" USING btree ("set_id","distance");--> statement-breakpoint
CREATE INDEX "feature_pair_image_idx" ON "feature_pair" USING btree ("image_id");--> statement-breakpoint
CREATE INDEX "feature_pair_twin_idx" ON "feature_pair" USING btree ("twin_id");