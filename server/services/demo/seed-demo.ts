import sharp from 'sharp';
import { DEMO_CLASSES, DEMO_COUNT, DEMO_SIDE, drawDemoImage } from '#core/demo/draw.ts';
import { DEFAULT_PROJECT_SETTINGS } from '#core/project/project.ts';
import type { Db } from '#db/client.ts';
import {
  findUnfinishedDemo,
  hasAnyOrganization,
  insertDemoMember,
  insertOrganization,
} from '#db/queries/people/organization.ts';
import { insertImport, setImport } from '#db/queries/image/image.ts';
import { insertProject } from '#db/queries/project/project.ts';
import type { Services } from '../../context.ts';
import { importImages } from '../import/import-images.ts';
import type { ImportFile } from '../import/import-images.ts';
import { addClasses } from '../project/add-classes.ts';

const SEED = 7;
/** Labeled pool images a class: enough to start a run, too few to solve the task. */
const LABELED_PER_CLASS = 15;

/**
 * On an installation without organizations: draws the demo data set as a first project, its seed labeled. One that an
 * earlier start was stopped in goes on: what is there already is not taken twice.
 */
export async function seedDemo(services: Services): Promise<void> {
  const { db } = services;
  const begun = (await findUnfinishedDemo(db)) ?? ((await hasAnyOrganization(db)) ? null : await beginDemo(db));
  if (!begun) return;
  await setImport(db, begun.importId, { status: 'running', endedAt: null, errors: [] });
  await importImages(services, { ...begun, settings: { validationShare: 0, testShare: 0 }, seed: SEED }, drawFiles());
  await setImport(db, begun.importId, { status: 'ended', endedAt: new Date() });
}

const beginDemo = (db: Db): Promise<{ projectId: string; memberId: string; importId: string }> =>
  db.transaction(async (tx) => {
    const organizationId = await insertOrganization(tx, 'Demo');
    const member = await insertDemoMember(tx, organizationId);
    const settings = { ...DEFAULT_PROJECT_SETTINGS, validationShare: 0, testShare: 0 };
    const project = await insertProject(tx, {
      organizationId,
      name: 'Demo: drawn things',
      settings,
      overlap: 1,
      createdBy: member,
      description:
        `${DEMO_COUNT} small drawings of ${DEMO_CLASSES.length} things. A few are labeled: start a run, ` +
        `or label some more first.`,
      guidelines:
        `Choose what is drawn. Decide by the **shape**; colour and background mean ` +
        `nothing.\n\n${DEMO_CLASSES.map((name) => `- ${name}`).join('\n')}`,
    });
    await addClasses(tx, project.id, DEMO_CLASSES);
    const created = await insertImport(tx, {
      projectId: project.id,
      createdBy: member,
      name: 'Demo drawings',
      total: DEMO_COUNT,
    });
    return { projectId: project.id, memberId: member, importId: created.id };
  });

async function* drawFiles(): AsyncGenerator<ImportFile> {
  const labeled = new Map<number, number>();
  for (let index = 0; index < DEMO_COUNT; index += 1) {
    const { pixels, classIndex } = drawDemoImage(index, SEED);
    const split = index % 8 === 0 ? 'validation' : index % 8 === 1 ? 'test' : 'pool';
    const count = labeled.get(classIndex) ?? 0;
    const reveal = split !== 'pool' || count < LABELED_PER_CLASS;
    if (split === 'pool' && reveal) labeled.set(classIndex, count + 1);
    const bytes = await sharp(pixels, { raw: { width: DEMO_SIDE, height: DEMO_SIDE, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
    yield {
      name: `drawing-${String(index).padStart(4, '0')}.png`,
      bytes,
      split,
      className: reveal ? (DEMO_CLASSES[classIndex] ?? null) : null,
    };
  }
}
