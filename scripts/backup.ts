import { chmod, copyFile, mkdir, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { openDatabase } from '#db/client.ts';
import { copyCluster, copyFolder } from '#db/embedded/backup.ts';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { image } from '#db/schema/index.ts';
import { toolHelp } from './setup/tool-help.mjs';
import { chooseDataFolder } from './supervise/data-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

const { values } = parseArgs({
  options: { data: { type: 'string' }, to: { type: 'string' }, help: { type: 'boolean', default: false } },
});
if (values.help || values.to === undefined) {
  console.log(toolHelp('backup'));
  process.exit(values.help ? 0 : 2);
}
const from = chooseDataFolder(root, values.data ?? process.env.PUPIL_DATA ?? null, true);
const to = resolve(values.to);
await mkdir(to, { recursive: true, mode: 0o700 });
if ((await readdir(to)).length > 0) {
  console.error(`${to} is not empty. Name a new folder.`);
  process.exit(1);
}

const postgres = await startEmbeddedPostgres({ dataDir: from });
try {
  await mkdir(join(to, 'postgres'), { mode: 0o700 });
  // Rows first: a file is written before the row that names it and never changed, so each row finds its file.
  await copyCluster(postgres.url, join(from, 'postgres/cluster'), join(to, 'postgres/cluster'));
  console.log('  rows       copied');
  const files = process.env.S3_BUCKET
    ? null
    : await copyFolder(join(from, 'blobs'), join(to, 'blobs'), (name) => !name.endsWith('.partial')).catch(
        (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 0 : Promise.reject(error)),
      );
  // Before the first image there is no folder; after it, one that is missing or empty took every image with it.
  if (files === 0 && (await hasImages(postgres.url)))
    throw new Error(
      `${join(from, 'blobs')} holds no file, and the database has images: this is no backup. If a disk is to be ` +
        `mounted there, mount it; if files are in a bucket, set S3_BUCKET. Then name another new folder.`,
    );
  console.log(files === null ? '  files      are in the bucket: copy that' : `  files      ${files} copied`);
  for (const name of ['secret', 'postgres/password']) {
    await copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      // The secret may stand in the environment instead. Rows that nobody can open are no backup.
      if (error.code !== 'ENOENT' || name !== 'secret') throw error;
    });
    await chmod(join(to, name), 0o600).catch(() => undefined);
  }
  console.log(`  done       npm run fsck -- --data ${to}`);
} finally {
  await postgres.stop();
}

async function hasImages(url: string): Promise<boolean> {
  const { db, close } = openDatabase(url, { max: 1 });
  try {
    return (await db.select({ id: image.id }).from(image).limit(1)).length > 0;
  } finally {
    await close();
  }
}
