CREATE TABLE "mention" (
	"comment_id" uuid NOT NULL,
	"member_id" uuid NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"read_at" timestamp with time zone,
	CONSTRAINT "mention_comment_id_member_id_pk" PRIMARY KEY("comment_id","member_id")
);
--> statement-breakpoint
ALTER TABLE "mention" ADD CONSTRAINT "mention_comment_id_comment_id_fk" FOREIGN KEY ("comment_id") REFERENCES "public"."comment"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "mention" ADD CONSTRAINT "mention_member_id_member_id_fk" FOREIGN KEY ("member_id") REFERENCES "public"."member"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "mention_member_idx" ON "mention" USING btree ("member_id","created_at","comment_id");--> statement-breakpoint
CREATE INDEX "mention_unread_idx" ON "mention" USING btree ("member_id") WHERE "mention"."read_at" is null;--> statement-breakpoint
INSERT INTO "mention" ("comment_id", "member_id", "created_at")
SELECT DISTINCT c."id", m."id", c."created_at" FROM "comment" c CROSS JOIN LATERAL jsonb_array_elements_text(c."mentions") AS named JOIN "member" m ON m."id"::text = named WHERE m."id" <> c."member_id";--> statement-breakpoint
ALTER TABLE "comment" DROP COLUMN "mentions";