import { z } from 'zod';
import { MLFLOW_MOST } from '../book/limits.ts';
import { EXPORT_FORMATS } from '../export/export.ts';
import { MODEL_EXPORT_NAMES } from '../export/model-export.ts';
import { projectName } from './project.ts';

const projectId = z.uuid();

/** Asks for a model of a round in one format; a trainer makes it. */
export const requestModelExport = z.object({ projectId, roundId: z.uuid(), format: z.enum(MODEL_EXPORT_NAMES) });
export const projectRef = z.object({ projectId });

/**
 * What a labels download holds: `annotators` adds each person's answer; `roundId` adds that round's answers where
 * people gave none.
 */
export const labelsDownload = z.object({
  format: z.enum(EXPORT_FORMATS),
  annotators: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
  roundId: z.uuid().nullable().default(null),
  /** Images leave as they came, where the project kept the files. */
  originals: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
  /** Labels and splits as this snapshot froze them. */
  snapshotId: z.uuid().nullable().default(null),
  /** Images without any label too. */
  unlabeled: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
  /** For CSV: spreadsheets know by a byte order mark that it is UTF-8. */
  bom: z
    .enum(['0', '1'])
    .default('0')
    .transform((value) => value === '1'),
});

/** Runs as a folder for MLflow: `runs` are ids with commas between them; without it all that are not archived. */
export const mlflowDownload = z.object({
  runs: z
    .string()
    .transform((text) => [...new Set(text.split(','))])
    .pipe(z.array(z.uuid()).min(1).max(MLFLOW_MOST))
    .optional(),
});

const snapshotName = z.string().trim().min(1).max(80);
const snapshotNote = z.string().trim().max(500);
export const createSnapshot = z.object({ projectId, name: snapshotName, note: snapshotNote.default('') });
export const updateSnapshot = z.object({
  projectId,
  snapshotId: z.uuid(),
  name: snapshotName.optional(),
  note: snapshotNote.optional(),
});
/** `name` is the new project's. */
export const restoreSnapshot = z.object({ projectId, snapshotId: z.uuid(), name: projectName });
export const diffSnapshotsInput = z.object({ projectId, beforeId: z.uuid(), afterId: z.uuid() });
