import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/**
 * What browsers have only on https and localhost, or may refuse anywhere; and the files that may name it, because they
 * have another way out.
 */
const GUARDED: readonly { name: RegExp; doors: readonly string[] }[] = [
  { name: /\brandomUUID\b/, doors: ['app/_lib/id.ts'] },
  { name: /\bnavigator\.clipboard\b/, doors: ['app/_lib/clipboard.ts'] },
  {
    name: /\blocalStorage\b|\bsessionStorage\b/,
    doors: ['app/_lib/kept.ts', 'app/_lib/picked.ts', 'app/projects/[projectId]/data/kept-proposal.ts'],
  },
  { name: /\bindexedDB\b|'idb-keyval'/, doors: ['app/_labeling/outbox/outbox-store.ts', 'app/_offline/store.ts'] },
  { name: /\bcaches\.|\bserviceWorker\b/, doors: ['app/_offline/store.ts', 'app/_offline/worker.ts'] },
  { name: /\bmediaDevices\b/, doors: ['app/projects/[projectId]/try/stage.tsx'] },
  { name: /\bcrypto\.subtle\b|\bshowOpenFilePicker\b|\bSharedArrayBuffer\b/, doors: [] },
];

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = ['app', 'client'].flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .filter((file) => /(?<!\.test)\.tsx?$/.test(file))
    .map((file) => join(room, file).replaceAll('\\', '/')),
);

it('PAGE-11 what a plain http address lacks is named in one file each, which has another way out', () => {
  const found = files.flatMap((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return GUARDED.filter(({ name, doors }) => !doors.includes(file) && name.test(text)).map(
      ({ name }) => `${file}: ${name}`,
    );
  });
  expect(files.length).toBeGreaterThan(200);
  expect(found).toEqual([]);
});
