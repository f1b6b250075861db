CREATE TABLE "embedding_cell" (
	"round_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"centre" "bytea" NOT NULL,
	"image_ids" "bytea" NOT NULL,
	"embeddings" "bytea" NOT NULL,
	CONSTRAINT "embedding_cell_round_id_index_pk" PRIMARY KEY("round_id","index")
);
--> statement-breakpoint
CREATE TABLE "embedding_shard" (
	"round_id" uuid NOT NULL,
	"index" integer NOT NULL,
	"first_hash" text NOT NULL,
	"last_hash" text NOT NULL,
	"image_ids" "bytea" NOT NULL,
	"embeddings" "bytea" NOT NULL,
	CONSTRAINT "embedding_shard_round_id_index_pk" PRIMARY KEY("round_id","index")
);
--> statement-breakpoint
ALTER TABLE "embedding_cell" ADD CONSTRAINT "embedding_cell_round_id_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."round"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "embedding_shard" ADD CONSTRAINT "embedding_shard_round_id_round_id_fk" FOREIGN KEY ("round_id") REFERENCES "public"."round"("id") ON DELETE cascade ON UPDATE no action;