import { existsSync, openAsBlob } from 'node:fs';
import { machine, numberArg } from './database.ts';
import { startProduct } from './product.ts';
import type { Product } from './product.ts';
import { drawPictures, exportRows, proposeNames, sendFolder, zipOf, zipOfNames } from './strain/import-parts.ts';

const MEGABYTE = 2 ** 20;
const PAGES = 20;

interface Counts {
  imported: number;
  duplicates: number;
  failed: number;
}

/**
 * `npm run bench -- import [--zip FILE] [--count 10000] [--side 32] [--names 100000] [--rows 1000000]`: a production
 * server takes one zip of images (the given one, or so many drawn ones), then serves the first pages of its gallery
 * with every thumbnail. Drawn ones are sent once more as a folder, into another project. A zip of so many names is
 * proposed, and the labels of so many rows are exported. Prints seconds, images a second, how folder and zip compare,
 * and the server's highest resident memory.
 */
export async function run(args: string[]): Promise<void> {
  const at = args.indexOf('--zip');
  const file = at < 0 ? undefined : args[at + 1];
  if (file !== undefined && !existsSync(file)) throw new Error(`There is no file ${file}.`);
  const pictures =
    file === undefined ? await drawPictures(numberArg(args, 'count', 10_000), numberArg(args, 'side', 32)) : [];
  const body = file === undefined ? new Blob([await zipOf(pictures)]) : await openAsBlob(file);
  const names = numberArg(args, 'names', 100_000);
  const zip = await zipOfNames(names);
  const product = await startProduct();
  try {
    const memory = product.watchMemory();
    const megabytes = (): string => `${(memory() / MEGABYTE).toFixed(0)} MB`;
    const { organizationId, cookie } = await product.createOwner();
    const { projectId } = await product.call<{ projectId: string }>(cookie, 'project.create', {
      organizationId,
      name: 'Import',
    });
    const { id: importId } = await product.call<{ id: string }>(cookie, 'image.startImport', {
      projectId,
      name: 'bench.zip',
      total: null,
    });
    const started = performance.now();
    const response = await fetch(
      `${product.url}/api/projects/${projectId}/imports/${importId}/file?name=bench.zip&kind=zip&folderLabels=1`,
      {
        method: 'PUT',
        headers: { cookie, origin: product.url, 'content-type': 'application/zip' },
        body,
      },
    );
    if (!response.ok) throw new Error(await response.text());
    const counts = (await response.json()) as Counts;
    await product.call(cookie, 'image.endImport', { projectId, importId });
    const seconds = (performance.now() - started) / 1000;
    const thumbnails = await browse(product, cookie, projectId);
    console.log(machine());
    console.log(
      `${counts.imported} images taken, ${counts.duplicates} duplicates, ${counts.failed} failed: ` +
        `${seconds.toFixed(1)} s, ${(counts.imported / seconds).toFixed(0)} images/s`,
    );
    console.log(`then ${thumbnails} thumbnails served; the server held at most ${megabytes()}`);
    const make = (name: string) =>
      product.call<{ projectId: string }>(cookie, 'project.create', { organizationId, name });
    if (pictures.length > 0) {
      const folder = await sendFolder(product, cookie, { ...(await make('Folder')), pictures });
      console.log(
        `the same as a folder: ${folder.toFixed(1)} s, ${(folder / seconds).toFixed(2)} times as long as the zip; ` +
          `the server held at most ${megabytes()}`,
      );
    }
    const proposed = await proposeNames(product, cookie, { ...(await make('Names')), names, zip });
    console.log(`a zip of ${names} names proposed: ${proposed.toFixed(2)} s; the server held at most ${megabytes()}`);
    const rows = numberArg(args, 'rows', 1_000_000);
    const out = await exportRows(product, cookie, { ...(await make('Rows')), rows });
    console.log(
      `${rows} rows exported as CSV: ${out.seconds.toFixed(1)} s, ${out.lines} lines; the server held ` +
        `${out.before.toFixed(0)} MB before, at most ${out.megabytes.toFixed(0)} MB`,
    );
  } finally {
    await product.stop();
  }
}

/** Turns the first pages of the gallery and fetches what they show. */
async function browse(product: Product, cookie: string, projectId: string): Promise<number> {
  let cursor: unknown = null;
  let thumbnails = 0;
  for (let page = 0; page < PAGES; page += 1) {
    const input = encodeURIComponent(JSON.stringify({ json: { projectId, limit: 60, cursor } }));
    const response = await fetch(`${product.url}/api/trpc/gallery.list?input=${input}`, { headers: { cookie } });
    const answer = (await response.json()) as {
      result?: { data: { json: { images: { id: string }[]; nextCursor: unknown } } };
    };
    const list = answer.result?.data.json;
    if (list === undefined) throw new Error(`The gallery answered ${JSON.stringify(answer)}`);
    await Promise.all(
      list.images.map(async ({ id }) => {
        const image = await fetch(`${product.url}/media/projects/${projectId}/thumbnails/${id}`, {
          headers: { cookie },
        });
        if (!image.ok) throw new Error(`A thumbnail answered ${image.status}.`);
        await image.arrayBuffer();
        thumbnails += 1;
      }),
    );
    if (list.nextCursor === null) break;
    cursor = list.nextCursor;
  }
  return thumbnails;
}
