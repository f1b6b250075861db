import { createHash, randomUUID } from 'node:crypto';
import { linkSync } from 'node:fs';
import { join } from 'node:path';
import { eq, inArray } from 'drizzle-orm';
import sharp from 'sharp';
import { DEFAULT_AUGMENTATION, DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import type { RunConfig } from '#core/run/learning.ts';
import { imageKey } from '#core/image/media.ts';
import type { Split } from '#core/project/project.ts';
import { createRandom } from '#core/math/random.ts';
import { must } from '#core/must.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Db } from '#db/client.ts';
import { refreshConsensus } from '#db/queries/labeling/consensus.ts';
import { insertImages } from '#db/queries/image/image.ts';
import { insertRun } from '#db/queries/run/run-write.ts';
import { annotation, image, project as projectTable } from '#db/schema/index.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';

const SIDE = 16;

export interface DrawnProject {
  organizationId: string;
  projectId: string;
  memberId: string;
  classIds: string[];
  /** Class position by image. */
  truth: Map<string, number>;
  /** Image ids by split; `labeled` is the part of the pool that people answered. */
  ids: Record<Split | 'labeled', string[]>;
  label(imageIds: readonly string[], classIndexOf?: (imageId: string) => number): Promise<void>;
}

/** Stripes: upright, flat, slanted. Easy for a convolution, and noisy enough that images differ. */
function draw(classIndex: number, seed: number, side: number): Buffer {
  const random = createRandom(seed);
  const phase = random.next() * 6;
  const tint = [random.next(), random.next(), random.next()];
  return Buffer.from(
    Uint8Array.from({ length: side * side * 3 }, (_, i) => {
      const x = Math.floor(i / 3) % side;
      const y = Math.floor(i / 3 / side);
      const along = classIndex === 0 ? x : classIndex === 1 ? y : x + y;
      return Math.max(
        0,
        Math.min(
          255,
          128 + 90 * Math.sin(along * 1.2 + phase) + 60 * ((tint[i % 3] ?? 0) - 0.5) + 30 * random.normal(),
        ),
      );
    }),
  );
}

/**
 * A small project of drawn images of `side` px, stored as an import stores them: `perClass` images of each split, the
 * first of the pool labeled.
 */
export async function createDrawnProject(
  db: Db,
  blobs: BlobStore,
  options: { perClass: Record<Split, number>; labeledPerClass: number; classes?: number; seed?: number; side?: number },
): Promise<DrawnProject> {
  const { classes: classCount = 3, side = SIDE } = options;
  const organizationId = await createOrganization(db);
  const { memberId } = await createMember(db, { organizationId, role: 'owner' });
  const { id: projectId, classes } = await createProject(db, {
    organizationId,
    classes: ['upright', 'flat', 'slanted', 'none'].slice(0, classCount),
  });
  const classIds = classes.map(({ id }) => id);
  const truth = new Map<string, number>();
  const ids: DrawnProject['ids'] = { pool: [], validation: [], test: [], labeled: [] };
  const label: DrawnProject['label'] = async (imageIds, classIndexOf = (id) => truth.get(id) ?? 0) => {
    await db.transaction(async (tx) => {
      await tx.insert(annotation).values(
        imageIds.map((imageId) => ({
          id: randomUUID(),
          projectId,
          imageId,
          memberId,
          kind: 'decide' as const,
          source: 'label' as const,
          classIds: [must(classIds, classIndexOf(imageId), 'class')],
        })),
      );
      await refreshConsensus(tx, { projectId, imageIds });
    });
  };
  for (const split of ['pool', 'validation', 'test'] as const) {
    for (let classIndex = 0; classIndex < classCount; classIndex += 1) {
      const made = await Promise.all(
        Array.from({ length: options.perClass[split] }, async (_, position) => {
          const data = draw(
            classIndex,
            (options.seed ?? 1) * 7919 +
              { pool: 0, validation: 1, test: 2 }[split] * 4001 +
              classIndex * 997 +
              position,
            side,
          );
          const contentHash = createHash('sha256').update(data).digest('hex');
          await blobs.put(
            imageKey(projectId, contentHash),
            await sharp(data, { raw: { width: side, height: side, channels: 3 } })
              .webp({ lossless: true, effort: 0 })
              .toBuffer(),
          );
          return {
            projectId,
            contentHash,
            fileName: `${split}-${classIndex}-${position}.png`,
            width: side,
            height: side,
            channels: 3,
            bytes: 1,
            split,
          };
        }),
      );
      const rows = await insertImages(db, made);
      for (const { id } of rows) truth.set(id, classIndex);
      ids[split].push(...rows.map(({ id }) => id));
      if (split === 'pool') ids.labeled.push(...rows.slice(0, options.labeledPerClass).map(({ id }) => id));
    }
  }
  await label([...ids.labeled, ...ids.validation, ...ids.test]);
  return { organizationId, projectId, memberId, classIds, truth, ids, label };
}

/** Images that a statement inserts. */
const CHUNK = 2000;

/**
 * Fills the pool up to `count` images that are copies of its pictures, each with a content of its own by name: links to
 * the files of a store in `folder`, so that a hundred thousand are made in a moment. Nobody embeds them: the project is
 * archived, which runs do not mind.
 */
export async function fillPool(db: Db, folder: string, { projectId, ids }: DrawnProject, count: number): Promise<void> {
  await db.update(projectTable).set({ status: 'archived' }).where(eq(projectTable.id, projectId));
  const pictures = await db.select().from(image).where(inArray(image.id, ids.pool));
  const fileOf = (contentHash: string): string => join(folder, imageKey(projectId, contentHash));
  for (let start = pictures.length; start < count; start += CHUNK) {
    const rows = Array.from({ length: Math.min(CHUNK, count - start) }, (_, at) => {
      const picture = must(pictures, (start + at) % pictures.length, 'picture');
      const contentHash = createHash('sha256')
        .update(`copy ${start + at}`)
        .digest('hex');
      linkSync(fileOf(picture.contentHash), fileOf(contentHash));
      const { width, height, channels, bytes, split } = picture;
      return { projectId, contentHash, fileName: `${start + at}.png`, width, height, channels, bytes, split };
    });
    await insertImages(db, rows);
  }
}

/** Settings for a run of seconds. */
export const QUICK: RunConfig = {
  ...DEFAULT_RUN_CONFIG,
  inputSize: SIDE,
  teacher: 'xs',
  teachers: 1,
  students: ['xs'],
  control: false,
  keepShare: [0.5],
  floor: 0.3,
  batchLabeled: 12,
  batchPseudo: 12,
  teacherSteps: 12,
  steps: 12,
  reviewPerRound: 0,
  emaDecay: 0.8,
  learningRate: 0.05,
  augmentation: { ...DEFAULT_AUGMENTATION, rotation: 0, flipHorizontal: false, operations: 0, cutout: 0 },
};

/** Queues a run on the project and returns its id. */
export async function createRun(db: Db, project: DrawnProject, config: Partial<RunConfig> = {}): Promise<string> {
  const { id } = await insertRun(db, {
    projectId: project.projectId,
    config: { ...QUICK, ...config },
    classIds: project.classIds,
    createdBy: project.memberId,
  });
  return id;
}
