import { say } from '../text/said.ts';
import {
  answersSchema,
  cocoSchema,
  flatManifestSchema,
  labelStudioExportSchema,
  parseFormat,
  pupilExportSchema,
} from './schemas.ts';
import { LabelCollector, matchColumns } from './columns.ts';
import type { ImportedLabels } from './types.ts';

/** Our own JSON export; labels that a round gave come back as the model's, never as a person's. */
export function readPupilJson(data: unknown): ImportedLabels {
  const labels = new LabelCollector();
  const { classes, images } = parseFormat(pupilExportSchema, data, 'Pupil');
  labels.classes = classes;
  for (const [i, image] of images.entries()) {
    const where = `images[${i}]`;
    const { tags } = image;
    if (image.labels.length === 0) labels.add(where, { source: image.file, split: image.split, tags });
    for (const label of image.labels) {
      labels.add(where, {
        source: image.file,
        split: image.split,
        className: label.class,
        annotator: label.annotator,
        by: label.source.kind,
        tags,
      });
    }
  }
  return labels;
}

/**
 * A list of flat objects such as `{"file": "a.jpg", "class": "cat", "split": "train"}`; Label Studio's JSON-MIN is one
 * of them.
 */
export function readFlatManifest(data: unknown): ImportedLabels {
  const labels = new LabelCollector();
  for (const [i, entry] of parseFormat(flatManifestSchema, data, 'manifest').entries()) {
    const columns = matchColumns(Object.keys(entry));
    const cell = (name: string | undefined): string | undefined => {
      const value = name === undefined ? undefined : entry[name];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
    };
    const image = {
      source: cell(columns.source) ?? '',
      split: cell(columns.split),
      tags: columns.tags === undefined ? undefined : entry[columns.tags],
    };
    labels.add(`[${i}]`, {
      ...image,
      className: cell(columns.className),
      annotator: cell(columns.annotator),
      by: cell(columns.by),
    });
    for (const { class: className, annotator } of answersSchema.safeParse(entry.answers).data ?? [])
      labels.add(`[${i}]`, { ...image, className, annotator });
  }
  return labels;
}

/** COCO with one category an image; several boxes of the same category count as that category. */
export function readCoco(data: unknown): ImportedLabels {
  const coco = parseFormat(cocoSchema, data, 'COCO');
  const labels = new LabelCollector();
  // Of another tool it may list a thousand categories that nobody here wants.
  if (coco.info?.pupil !== undefined) labels.classes = coco.categories.map(({ name }) => name);
  const names = new Map(coco.categories.map((category) => [category.id, category.name]));
  const byImage = new Map<string | number, typeof coco.annotations>();
  for (const annotation of coco.annotations) {
    const list = byImage.get(annotation.image_id);
    if (list === undefined) byImage.set(annotation.image_id, [annotation]);
    else list.push(annotation);
  }
  for (const [i, image] of coco.images.entries()) {
    const where = `images[${i}]`;
    const source = image.file_name ?? image.coco_url ?? '';
    const { split, tags } = image;
    const annotations = byImage.get(image.id) ?? [];
    const answers = annotations.filter((annotation) => annotation.pupil !== undefined);
    if (answers.length > 0) {
      for (const answer of answers) {
        labels.add(where, {
          source,
          split,
          tags,
          className: names.get(answer.category_id),
          annotator: answer.pupil?.annotator,
          by: answer.pupil?.source,
        });
      }
      continue;
    }
    const categories = new Set(annotations.map((annotation) => annotation.category_id));
    if (categories.size > 1) labels.problem(where, say('file.manyCategories', { source, count: categories.size }));
    const [only] = categories;
    const className = categories.size === 1 && only !== undefined ? names.get(only) : undefined;
    if (categories.size === 1 && className === undefined)
      labels.problem(where, say('file.unnamedCategory', { source }));
    labels.add(where, { source, split, tags, className });
  }
  return labels;
}

/**
 * Label Studio's JSON export with Choices: one row a person's annotation, one a prediction; skipped (cancelled)
 * annotations are left out. The image is the first text in `data` that looks like one.
 */
export function readLabelStudio(data: unknown): ImportedLabels {
  const labels = new LabelCollector();
  for (const [i, task] of parseFormat(labelStudioExportSchema, data, 'Label Studio').entries()) {
    const where = `[${i}]`;
    const source = imageOf(task.data);
    const split = task.meta?.split ?? (typeof task.data.split === 'string' ? task.data.split : null);
    const tags = task.meta?.tags;
    const answers = [
      ...task.annotations
        .filter((annotation) => annotation.was_cancelled !== true)
        .map((annotation) => ({
          result: annotation.result,
          annotator: personOf(annotation.completed_by),
          // What was marked as the truth decides, whatever the others say.
          by: annotation.ground_truth === true ? 'consensus' : 'human',
        })),
      ...task.predictions.flatMap((prediction) =>
        typeof prediction === 'number' ? [] : [{ result: prediction.result, annotator: null, by: 'model' }],
      ),
    ];
    let said = 0;
    for (const answer of answers) {
      const choices = answer.result.flatMap((result) => result.value.choices ?? []);
      if (choices.length > 1) labels.problem(where, say('file.manyChoices', { source, count: choices.length }));
      if (choices.length !== 1) continue;
      said += 1;
      labels.add(where, { source, split, tags, className: choices[0], annotator: answer.annotator, by: answer.by });
    }
    if (said === 0) labels.add(where, { source, split, tags });
  }
  return labels;
}

const imageOf = (data: Record<string, unknown>): string => {
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const named = texts.find(([key]) => matchColumns([key]).source !== undefined);
  const shaped = texts.find(([, value]) => /\.(?:jpe?g|png|webp|gif|bmp|tiff?)(?:$|\?)/iu.test(value));
  return (named ?? shaped ?? texts[0])?.[1] ?? '';
};

const personOf = (
  person: number | string | { email?: string | null; id?: number } | null | undefined,
): string | null => {
  if (person === null || person === undefined) return null;
  if (typeof person === 'object') return person.email ?? (person.id === undefined ? null : String(person.id));
  return String(person);
};
