import { createHash } from 'node:crypto';
import { inEnglish } from '#core/text/in-english.ts';
import type { Readable } from 'node:stream';
import { sql } from 'drizzle-orm';
import sharp from 'sharp';
import { ZipFile } from 'yazl';
import { planUpload, requestOf, runUpload, SendError } from '#app/projects/[projectId]/data/upload.ts';
import { createRandom } from '#core/math/random.ts';
import { openDatabase } from '#db/client.ts';
import type { Product } from '../product.ts';

const CLASSES = 10;
const MEGABYTE = 2 ** 20;

export interface Picture {
  name: string;
  bytes: Buffer;
}

/** Images of random colours: no two alike, so that none is a duplicate. */
export async function drawPictures(count: number, side: number): Promise<Picture[]> {
  const random = createRandom(7);
  const pictures: Picture[] = [];
  for (let index = 0; index < count; index += 1) {
    const pixels = Buffer.from(Uint8Array.from({ length: side * side * 3 }, () => random.below(256)));
    const bytes = await sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    pictures.push({ name: `class-${index % CLASSES}/image-${index}.png`, bytes });
  }
  return pictures;
}

export async function zipOf(pictures: Iterable<Picture>): Promise<Buffer<ArrayBuffer>> {
  const zip = new ZipFile();
  for (const { name, bytes } of pictures) zip.addBuffer(bytes, name, { compress: false });
  zip.end();
  return Buffer.concat((await (zip.outputStream as Readable).toArray()) as Buffer[]);
}

/** Sends pictures as a page does with a folder, by its own code. Seconds from the first to the last. */
export async function sendFolder(
  product: Product,
  cookie: string,
  at: { projectId: string; pictures: readonly Picture[] },
): Promise<number> {
  const { projectId, pictures } = at;
  const { id: importId } = await product.call<{ id: string }>(cookie, 'image.startImport', {
    projectId,
    name: 'folder',
    total: pictures.length,
    classes: Array.from({ length: CLASSES }, (_, index) => `class-${index}`),
  });
  const { parts, problems } = planUpload(
    pictures.map(({ name, bytes }) => ({ path: name, file: new File([new Uint8Array(bytes)], name) })),
    (path) => ({ className: path.split('/')[0] ?? null, split: null }),
  );
  const started = performance.now();
  const { complete, reason } = await runUpload({
    parts,
    problems,
    onChange: () => undefined,
    send: async (parcel) => {
      const { query, body } = requestOf(parcel, { layout: null, names: {} });
      const response = await fetch(`${product.url}/api/projects/${projectId}/imports/${importId}/file?${query}`, {
        method: 'PUT',
        headers: { cookie, origin: product.url },
        body,
      });
      if (!response.ok) throw new SendError(null, false, await response.text());
      await response.arrayBuffer();
    },
  }).finished;
  if (!complete) throw new Error(reason ? inEnglish(reason) : 'The folder was not sent.');
  await product.call(cookie, 'image.endImport', { projectId, importId });
  return (performance.now() - started) / 1000;
}

/**
 * A zip of so many names. It is made before the server starts: making it keeps this process from its sockets for
 * longer than a server leaves a connection open, and what is written to one that has been closed is lost (EPIPE).
 */
export function zipOfNames(names: number): Promise<Buffer<ArrayBuffer>> {
  const nothing = Buffer.from('x');
  return zipOf(
    Array.from({ length: names }, (_, index) => ({ name: `class-${index % 200}/image-${index}.png`, bytes: nothing })),
  );
}

/** Has a zip of so many names proposed; nothing is stored. Seconds from the first byte sent to the answer. */
export async function proposeNames(
  product: Product,
  cookie: string,
  at: { projectId: string; names: number; zip: Buffer<ArrayBuffer> },
): Promise<number> {
  const { zip } = at;
  const started = performance.now();
  const response = await fetch(
    `${product.url}/api/projects/${at.projectId}/imports/none/file?name=n.zip&kind=zip&folderLabels=1&dryRun=1`,
    { method: 'PUT', headers: { cookie, origin: product.url }, body: zip },
  );
  const answer = (await response.json()) as { proposal?: { images: number } };
  if (answer.proposal?.images !== at.names)
    throw new Error(`It was proposed as ${JSON.stringify(answer).slice(0, 300)}`);
  return (performance.now() - started) / 1000;
}

/** Downloads labels of so many rows as CSV. Tells seconds, and the server's highest memory meanwhile. */
export async function exportRows(
  product: Product,
  cookie: string,
  at: { projectId: string; rows: number },
): Promise<{ seconds: number; before: number; megabytes: number; lines: number }> {
  await fillRows(product.databaseUrl, at);
  const before = product.memory() / MEGABYTE;
  const memory = product.watchMemory();
  const started = performance.now();
  const response = await fetch(`${product.url}/api/projects/${at.projectId}/exports/labels?format=csv`, {
    headers: { cookie },
  });
  if (!response.ok || response.body === null) throw new Error(await response.text());
  let lines = 0;
  for await (const chunk of response.body) for (const byte of chunk as Uint8Array) if (byte === 10) lines += 1;
  const seconds = (performance.now() - started) / 1000;
  return { seconds, before, megabytes: memory() / MEGABYTE, lines };
}

/** Rows as an import leaves them, without their files. */
async function fillRows(url: string, at: { projectId: string; rows: number }): Promise<void> {
  const database = openDatabase(url, { max: 1 });
  const salt = createHash('sha256').update(at.projectId).digest('hex').slice(0, 8);
  try {
    await database.db.execute(sql`
      insert into class (project_id, name, colour, position) select ${at.projectId}, 'row ' || n, '#888888', 100 + n
      from generate_series(1, ${CLASSES}) n`);
    await database.db.execute(sql`
      with known as (select array_agg(id order by position) as ids from class where project_id = ${at.projectId}
        and position > 100),
      made as (
        insert into image (project_id, content_hash, file_name, width, height, channels, bytes, consensus_state,
          consensus_class_ids, judgment_count)
        select ${at.projectId}, ${salt} || n,
          'set/class ' || n % ${CLASSES} || '/picture ' || n || '.png', 32, 32, 3, 900,
          'agreed', array[known.ids[n % ${CLASSES} + 1]], 1
        from generate_series(1, ${at.rows}) n, known returning id, consensus_class_ids)
      insert into annotation (id, project_id, image_id, member_id, kind, class_ids, source)
      select gen_random_uuid(), ${at.projectId}, made.id, (select id from member limit 1), 'decide',
        made.consensus_class_ids, 'import' from made`);
  } finally {
    await database.close();
  }
}
