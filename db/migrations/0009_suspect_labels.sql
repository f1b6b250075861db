CREATE TABLE "suspect_label" (
	"round_id" uuid NOT NULL,
	"image_id" uuid NOT NULL,
	"class_index" integer NOT NULL,
	"confidence" real NOT NULL,
	"margin" real NOT NULL,
	CONSTRAINT "suspect_label_round_id_image_id_pk" PRIMARY KEY("round_id","image_id")
);
--> statement-breakpoint
ALTER TABLE "suspect_label" ADD CONSTRAINT "suspect_label_round_id_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suspect_label" ADD CONSTRAINT "suspect_label_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "suspect_label_image_idx" ON "suspect_label" USING btree ("image_id");