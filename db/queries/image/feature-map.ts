import { and, asc, eq, isNotNull, sql } from 'drizzle-orm';
import type { SQL } from 'drizzle-orm';
import { SPLITS } from '#core/project/project.ts';
import { NO_CLASS, NO_TAG } from '#core/round/point-map.ts';
import type { MapColumns } from '#core/round/point-map.ts';
import { EMBEDDING_BYTES } from '#core/round/embedding.ts';
import { readReals, readSmallInts } from '../../array-bytes.ts';
import type { Db } from '../../client.ts';
import { bytes, execute, nullable, text } from '../../execute.ts';
import { floatsOf, idAt, packIds, signed, unpackIds } from '../../packed-embeddings.ts';
import { featureShard, image, imageTag, liveSuspect } from '../../schema/index.ts';
import { answersUnseen, guessUnseen } from '../blind.ts';
import type { Blind } from '../blind.ts';
import { guessesOf } from './similar.ts';
import type { GuessSource } from './similar.ts';

/** Shards read at a time, some 10,000 images. */
const SHARDS = 40;
/** Candidates for the point nearest to a place: images that have left the pool lie among them. */
const NEAR = 200;

interface Placed {
  imageIds: Uint8Array;
  /** [images, 2] */
  places: Float32Array;
}

/** Shards that a map of about `most` points is made of: evenly from all, whose images are random in each. */
async function listMapShards(db: Db, setId: string, most: number): Promise<string[]> {
  const shards = await db
    .select({ id: featureShard.id, images: featureShard.images })
    .from(featureShard)
    .where(and(eq(featureShard.setId, setId), eq(featureShard.status, 'done'), isNotNull(featureShard.embeddings)))
    .orderBy(asc(featureShard.doneAt), asc(featureShard.id));
  const every = Math.max(1, Math.ceil(shards.reduce((sum, { images }) => sum + images, 0) / most));
  return shards.flatMap(({ id }, at) => (at % every === 0 ? [id] : []));
}

async function* readPlaces(db: Db, shardIds: readonly string[]): AsyncGenerator<Placed[]> {
  for (let start = 0; start < shardIds.length; start += SHARDS) {
    const some = sql`${sql.param(shardIds.slice(start, start + SHARDS))}::uuid[]`;
    const rows = await execute(
      db,
      sql`
      select image_ids as "imageIds", places, case when places is null then embeddings end as embeddings
      from ${featureShard} where id = any(${some}) order by array_position(${some}, id)`,
      { imageIds: bytes, places: nullable(bytes), embeddings: nullable(bytes) },
    );
    yield rows.map(({ imageIds, places, embeddings }) => ({
      imageIds,
      places: places ? floatsOf(places) : roundedPlaces(embeddings ?? Buffer.alloc(0)),
    }));
  }
}

/** Of a shard from before places were kept: what its compact embeddings still tell. */
function roundedPlaces(embeddings: Uint8Array): Float32Array {
  const all = signed(embeddings);
  return Float32Array.from(
    { length: (all.length / EMBEDDING_BYTES) * 2 },
    (_, at) => all[(at >> 1) * EMBEDDING_BYTES + (at & 1)] ?? 0,
  );
}

/** Whose map is read, and what it counts classes and tags in. */
export interface MapParams {
  classIds: readonly string[];
  /** The tags that are told. */
  tags: readonly string[];
  guesses: { source: GuessSource; classIds: readonly string[] } | null;
  blind: Blind | null;
}

/** Index of the first of these tags that an image has, else −1. */
export const tagOf = (tags: readonly string[], i: SQL): SQL =>
  tags.length === 0
    ? sql`-1`
    : sql`coalesce((select min(array_position(${sql.param([...tags])}::text[], t.tag)) - 1 from ${imageTag} t
        where t.image_id = ${i}.id and t.tag = any(${sql.param([...tags])}::text[])), -1)`;

/** Does the live teacher doubt the label that stands? Told to leads alone. */
export const isSuspect = (blind: Blind | null, i: SQL): SQL =>
  blind === null
    ? sql`exists (select 1 from ${liveSuspect} s where s.project_id = ${i}.project_id and s.image_id = ${i}.id
        and s.given_class_id = ${i}.consensus_class_id)`
    : sql`false`;

/** Has an image a point? Of validation and test only what people have settled, and to leads alone. */
const isOnMap = (blind: Blind | null): SQL =>
  blind === null
    ? sql`(i.split = 'pool' or i.split in ('validation', 'test') and i.consensus_state in ('agreed', 'adjudicated'))`
    : sql`i.split = 'pool'`;

/** Columns of what is told of images, in no order. */
export interface ToldPoints {
  /** Position among the images that were asked. */
  at: Int16Array;
  classIndex: number[];
  confidence: number[];
  labeled: boolean[];
  opens: boolean[];
  suspect: boolean[];
  split: number[];
  tag: number[];
}

/**
 * What a map tells of these images: the class that people gave, else the one that a model takes it for; a blind member
 * hears neither before they may (ACCESS-10, REVIEW-6), and a point opens by the rule of a round's map (REVIEW-8).
 * Images of validation and test are told of only to leads, and once people have settled them.
 */
export async function tellPoints(db: Db, ids: readonly string[], params: MapParams): Promise<ToldPoints> {
  const { classIds, blind } = params;
  const unseen = answersUnseen(blind, sql`i`);
  const hidden = guessUnseen(blind, sql`i`);
  const isSettled = sql`i.consensus_state in ('agreed', 'adjudicated')`;
  const guesses = params.guesses
    ? guessesOf(params.guesses.source)
    : sql`(select null::uuid as image_id, null::int as class_index, null::real as confidence)`;
  const indexOf = (params.guesses?.classIds ?? []).map((id) => classIds.indexOf(id));
  const [found] = await execute(
    db,
    sql`
    select array_send(array_agg((at - 1)::int2)) as at, array_send(array_agg(given::int2)) as given,
      array_send(array_agg(guessed::int2)) as guessed, array_send(array_agg(sure)) as sure,
      array_send(array_agg(flags::int2)) as flags, array_send(array_agg(tag::int2)) as tag
    from (
      select u.at, case when ${isSettled} and not ${unseen} then coalesce(
          array_position(${sql.param([...classIds])}::uuid[], i.consensus_class_id), 0) else 0 end as given,
        case when ${hidden} or p.class_index is null then -1 else p.class_index end as guessed,
        case when ${hidden} or p.confidence is null then 0 else p.confidence end::real as sure,
        case when ${hidden} then 0 else 1 end + case when ${isSuspect(blind, sql`i`)} then 2 else 0 end
          + 4 * (array_position(${sql.param([...SPLITS])}::text[], i.split::text) - 1) as flags,
        case when ${hidden} then -1 else ${tagOf(params.tags, sql`i`)} end as tag
      from unnest(${sql.param([...ids])}::uuid[]) with ordinality as u(id, at)
      join ${image} i on i.id = u.id and ${isOnMap(blind)} left join ${guesses} p on p.image_id = i.id
    ) as point`,
    {
      at: nullable(bytes),
      given: nullable(bytes),
      guessed: nullable(bytes),
      sure: nullable(bytes),
      flags: nullable(bytes),
      tag: nullable(bytes),
    },
  );
  const [given, guessed] = [found?.given, found?.guessed].map((one) => readSmallInts(one ?? null));
  const sure = readReals(found?.sure ?? null);
  const flags = [...readSmallInts(found?.flags ?? null)];
  const at = readSmallInts(found?.at ?? null);
  const told: ToldPoints = {
    at,
    classIndex: [],
    confidence: [],
    labeled: [],
    opens: flags.map((value) => (value & 1) === 1),
    suspect: flags.map((value) => (value & 2) === 2),
    split: flags.map((value) => value >> 2),
    tag: Array.from(readSmallInts(found?.tag ?? null), (index) => (index < 0 ? NO_TAG : index)),
  };
  at.forEach((_, row) => {
    const own = (given?.[row] ?? 0) - 1;
    const guess = indexOf[guessed?.[row] ?? -1] ?? -1;
    const index = own >= 0 ? own : guess;
    told.classIndex.push(index < 0 ? NO_CLASS : index);
    told.confidence.push(own >= 0 || guess < 0 ? 0 : (sure[row] ?? 0));
    told.labeled.push(own >= 0);
  });
  return told;
}

/**
 * The pool as a backbone sees it, about `most` points; to leads also what people have settled of validation and test.
 */
export async function readFeatureMap(db: Db, params: MapParams & { setId: string; most: number }): Promise<MapColumns> {
  const x: number[] = [];
  const y: number[] = [];
  const rows: Omit<ToldPoints, 'at'> = {
    classIndex: [],
    confidence: [],
    labeled: [],
    opens: [],
    suspect: [],
    split: [],
    tag: [],
  };
  const opening: string[] = [];
  for await (const shards of readPlaces(db, await listMapShards(db, params.setId, params.most))) {
    const ids = shards.flatMap(({ imageIds }) => unpackIds(imageIds));
    const places = shards.flatMap((shard) => [...shard.places]);
    const told = await tellPoints(db, ids, params);
    told.at.forEach((at, row) => {
      x.push(places[2 * at] ?? 0);
      y.push(places[2 * at + 1] ?? 0);
      if (told.opens[row]) opening.push(ids[at] ?? '');
    });
    rows.classIndex.push(...told.classIndex);
    rows.confidence.push(...told.confidence);
    rows.labeled.push(...told.labeled);
    rows.opens.push(...told.opens);
    rows.suspect.push(...told.suspect);
    rows.split.push(...told.split);
    rows.tag.push(...told.tag);
  }
  return {
    x: Float32Array.from(x),
    y: Float32Array.from(y),
    classIndex: rows.classIndex,
    confidence: Float32Array.from(rows.confidence),
    flipped: new Uint8Array(x.length),
    labeled: Uint8Array.from(rows.labeled, Number),
    opens: Uint8Array.from(rows.opens, Number),
    suspect: Uint8Array.from(rows.suspect, Number),
    split: Uint8Array.from(rows.split),
    tag: Uint8Array.from(rows.tag),
    imageIds: packIds(opening),
  };
}

/** The image of the point of that map nearest to a place; null where there is none. */
export async function findFeatureMapImage(
  db: Db,
  params: { setId: string; x: number; y: number; blind: Blind | null; most: number },
): Promise<{ imageId: string; fileName: string; truthClassId: string | null } | null> {
  let near: { id: string; distance: number }[] = [];
  for await (const shards of readPlaces(db, await listMapShards(db, params.setId, params.most))) {
    for (const { imageIds, places } of shards)
      for (let at = 0; at < places.length / 2; at += 1) {
        const distance = Math.hypot((places[2 * at] ?? 0) - params.x, (places[2 * at + 1] ?? 0) - params.y);
        if (near.length < NEAR || distance < (near.at(-1)?.distance ?? 0))
          near.push({ id: idAt(imageIds, at), distance });
      }
    near = near.sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1)).slice(0, NEAR);
  }
  const rows = await execute(
    db,
    sql`
    select i.id as "imageId", i.file_name as "fileName",
      case when i.consensus_state in ('agreed', 'adjudicated') and not ${answersUnseen(params.blind, sql`i`)}
        then i.consensus_class_id end as "truthClassId"
    from unnest(${sql.param(near.map(({ id }) => id))}::uuid[]) with ordinality as u(id, at)
    join ${image} i on i.id = u.id and ${isOnMap(params.blind)} order by u.at limit 1`,
    { imageId: text, fileName: text, truthClassId: nullable(text) },
  );
  return rows[0] ?? null;
}
