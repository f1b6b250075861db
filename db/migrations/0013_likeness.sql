CREATE TABLE "image_likeness" (
	"image_id" uuid PRIMARY KEY NOT NULL,
	"project_id" uuid NOT NULL,
	"hash" bigint NOT NULL,
	"gray" "bytea" NOT NULL,
	"followed" uuid
);
--> statement-breakpoint
CREATE TABLE "look_alike" (
	"project_id" uuid NOT NULL,
	"image_id" uuid NOT NULL,
	"twin_id" uuid NOT NULL,
	"distance" integer NOT NULL,
	"difference" real NOT NULL,
	"move_id" uuid,
	CONSTRAINT "look_alike_image_id_twin_id_pk" PRIMARY KEY("image_id","twin_id")
);
--> statement-breakpoint
ALTER TABLE "image_likeness" ADD CONSTRAINT "image_likeness_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "look_alike" ADD CONSTRAINT "look_alike_image_id_image_id_fk" FOREIGN KEY ("image_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "look_alike" ADD CONSTRAINT "look_alike_twin_id_image_id_fk" FOREIGN KEY ("twin_id") REFERENCES "public"."image"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "image_likeness_band_0_idx" ON "image_likeness" USING btree (("hash" & (-8642088532211326396)),"project_id");--> statement-breakpoint
CREATE INDEX "image_likeness_band_1_idx" ON "image_likeness" USING btree (("hash" & (4938215830288077090)),"project_id");--> statement-breakpoint
CREATE INDEX "image_likeness_band_2_idx" ON "image_likeness" USING btree (("hash" & (2469248102876612625)),"project_id");--> statement-breakpoint
CREATE INDEX "image_likeness_band_3_idx" ON "image_likeness" USING btree (("hash" & (1234624599046636680)),"project_id");--> statement-breakpoint
CREATE INDEX "image_likeness_followed_idx" ON "image_likeness" USING btree ("followed") WHERE "image_likeness"."followed" is not null;--> statement-breakpoint
CREATE INDEX "look_alike_project_idx" ON "look_alike" USING btree ("project_id","image_id","twin_id");--> statement-breakpoint
CREATE INDEX "look_alike_twin_idx" ON "look_alike" USING btree ("twin_id");--> statement-breakpoint
CREATE INDEX "look_alike_move_idx" ON "look_alike" USING btree ("move_id") WHERE "look_alike"."move_id" is not null;