import { z } from 'zod';
import { AppError } from '../errors.ts';
import { say } from '../text/said.ts';

/**
 * What we read of other tools' files; everything else in them is ignored. Limits keep hostile files small in memory.
 */
const text = z.string().max(4096);
const id = z.union([z.number(), z.string().max(200)]);

const manifestLabel = z.object({
  class: text,
  source: z.object({ kind: z.enum(['person', 'consensus', 'round']) }).loose(),
  annotator: text.nullish(),
});

/** Our own JSON export. */
export const pupilExportSchema = z.object({
  format: z.literal('pupil-labels'),
  version: z.literal(1),
  classes: z.array(text).max(5000).optional(),
  images: z.array(
    z.object({ file: text, split: text.nullish(), labels: z.array(manifestLabel), tags: z.array(text).optional() }),
  ),
});

/** Each person's answer beside the one label of a row. */
export const answersSchema = z.array(z.object({ class: text, annotator: text.nullish() })).max(1000);

/** A plain JSON manifest: a list of flat objects; key names are matched by `core/formats/columns.ts`. */
export const flatManifestSchema = z.array(z.record(z.string(), z.unknown()));

/** COCO, as far as classification goes: https://cocodataset.org/#format-data */
export const cocoSchema = z.object({
  /** `pupil`: the file is ours. */
  info: z.object({ pupil: z.unknown() }).partial().loose().nullish(),
  images: z.array(
    z.object({
      id,
      file_name: text.optional(),
      coco_url: text.nullish(),
      split: text.nullish(),
      tags: z.unknown().optional(),
    }),
  ),
  annotations: z.array(
    z.object({
      image_id: id,
      category_id: id,
      pupil: z.object({ source: text, annotator: text.nullish() }).loose().optional(),
    }),
  ),
  categories: z.array(z.object({ id, name: text })),
});

const labelStudioResult = z.object({
  type: z.string().optional(),
  value: z.object({ choices: z.array(text).optional() }).loose(),
});

const labelStudioPerson = z
  .union([z.number(), text, z.object({ email: text.nullish(), id: z.number().optional() })])
  .nullish();

/** A task of Label Studio's JSON export: https://labelstud.io/guide/export (Raw JSON format). */
export const labelStudioTaskSchema = z.object({
  id: id.optional(),
  data: z.record(z.string(), z.unknown()),
  annotations: z
    .array(
      z.object({
        result: z.array(labelStudioResult).default([]),
        was_cancelled: z.boolean().nullish(),
        ground_truth: z.boolean().nullish(),
        completed_by: labelStudioPerson,
      }),
    )
    .default([]),
  predictions: z.array(z.union([z.number(), z.object({ result: z.array(labelStudioResult).default([]) })])).default([]),
  meta: z.object({ split: text.nullish(), tags: z.unknown().optional() }).loose().nullish(),
});
export const labelStudioExportSchema = z.array(labelStudioTaskSchema);

/** @throws AppError BAD_INPUT naming the first thing that does not fit */
export function parseFormat<S extends z.ZodType>(schema: S, data: unknown, format: string): z.output<S> {
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.map(String).join('.')}`;
  throw new AppError(
    'BAD_INPUT',
    say('file.notExport', { format, why: issue ? `${issue.message}${where}` : say('file.unknownShape') }),
  );
}
