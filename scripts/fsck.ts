import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { parseEnv, s3Options, sharedEnv } from '#core/schemas/env.ts';
import { openBlobStore } from '#db/blobs/index.ts';
import { checkHashedBlobs, checkImageBlobs } from '#db/check/check-blobs.ts';
import { checkAnnotations, checkConsensus, checkCounters, checkLeases } from '#db/check/check-rows.ts';
import type { Finding } from '#db/check/finding.ts';
import { openDatabase } from '#db/client.ts';
import { isCurrent } from '#db/migrate.ts';
import { startEmbeddedPostgres } from '#db/embedded/postgres.ts';
import { makeThumbnail, THUMBNAIL_SIDE } from '#server/services/image/process-image.ts';
import { toolHelp } from './setup/tool-help.mjs';
import { chooseDataFolder } from './supervise/data-folder.ts';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/[/\\]$/, '');

async function main(): Promise<boolean> {
  const { values } = parseArgs({
    options: {
      data: { type: 'string' },
      deep: { type: 'boolean', default: false },
      repair: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    console.log(toolHelp('fsck'));
    return true;
  }
  const { deep, repair } = values;
  const external = process.env.DATABASE_URL;
  const folder = chooseDataFolder(root, values.data ?? process.env.PUPIL_DATA ?? null, !external);
  const postgres = external
    ? { url: external, stop: async () => {} }
    : await startEmbeddedPostgres({ dataDir: folder });
  const { db, close } = openDatabase(postgres.url);
  try {
    if (!(await isCurrent(postgres.url, join(root, 'db/migrations')))) {
      console.error('The database is of another version of Pupil. Start this version on it once, then check it.');
      return false;
    }
    const env = parseEnv('check', sharedEnv, { ...process.env, DATABASE_URL: postgres.url });
    const blobs = await openBlobStore({ folder: join(folder, 'blobs'), s3: s3Options(env) });
    const tools = {
      deep,
      repair,
      thumbnailSide: THUMBNAIL_SIDE,
      decode: (bytes: Buffer) => sharp(bytes, { failOn: 'error' }).raw().toBuffer(),
      makeThumbnail: (bytes: Buffer) => makeThumbnail(sharp(bytes)),
    };
    return report([
      await checkAnnotations(db),
      await checkLeases(db, repair),
      await checkConsensus(db, repair),
      await checkCounters(db, repair),
      ...(await checkImageBlobs({ db, blobs }, tools)),
      await checkHashedBlobs({ db, blobs }, tools),
    ]);
  } finally {
    await close();
    await postgres.stop();
  }
}

/** Says what was found; true where nothing is left. */
function report(findings: readonly Finding[]): boolean {
  for (const { count, what, repaired, examples = [] } of findings) {
    console.log(`${String(count).padStart(8)}  ${what}${count > 0 && repaired ? ' (mended)' : ''}`);
    for (const example of examples) console.log(`          ${example}`);
  }
  return findings.every(({ count, repaired }) => count === 0 || repaired);
}

process.exitCode = (await main()) ? 0 : 1;
