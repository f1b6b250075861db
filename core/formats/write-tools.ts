import { classFolders, EVERY_SPLIT, exportedFileName, settledLabel, splitWord } from './names.ts';
import { createList } from './write-tables.ts';
import type { ExportContext, ExportedImage, LabelFile } from './types.ts';

/**
 * COCO for classification: each label is an annotation whose box is the whole image, so that tools that want a box are
 * content; who said so stands under `pupil`. Annotations follow the images, so they wait in memory (about 150 bytes
 * each).
 */
export const cocoFile: LabelFile = {
  path: 'annotations.json',
  contentType: 'application/json',
  includes: EVERY_SPLIT,
  createWriter: (context) => {
    const list = createList();
    const categoryIds = new Map(context.classes.map((name, i) => [name, i + 1]));
    const info = { description: context.project, date_created: context.exportedAt, version: '1', pupil: 1 };
    const categories = context.classes.map((name, i) => ({ id: i + 1, name, supercategory: '' }));
    const annotations: string[] = [];
    let images = 0;
    return {
      head: () => `{"info":${JSON.stringify(info)},"licenses":[],"categories":${JSON.stringify(categories)},"images":[`,
      image: (image) => {
        images += 1;
        for (const label of image.labels) {
          annotations.push(
            JSON.stringify({
              id: annotations.length + 1,
              image_id: images,
              category_id: categoryIds.get(label.className),
              bbox: [0, 0, image.width, image.height],
              area: image.width * image.height,
              iscrowd: 0,
              segmentation: [],
              pupil: { source: label.source.kind, annotator: label.annotator, time: label.time },
            }),
          );
        }
        return list({
          id: images,
          file_name: cocoImagePath(image, context).slice('images/'.length),
          width: image.width,
          height: image.height,
          split: splitWord(image.split),
          original_file_name: image.fileName,
          tags: image.tags,
        });
      },
      tail: () => `\n],"annotations":[\n${annotations.join(',\n')}\n]}\n`,
    };
  },
};

export const cocoImagePath = (image: ExportedImage, context: ExportContext): string =>
  `images/${exportedFileName(image, context.imageExtension)}`;

/**
 * Label Studio's JSON (tasks with Choices named `choice` over an Image named `image`): people and consensus as
 * annotations, rounds as predictions with their score. https://labelstud.io/guide/tasks#Basic-Label-Studio-JSON-format
 */
export const labelStudioFile: LabelFile = {
  path: 'tasks.json',
  contentType: 'application/json',
  includes: EVERY_SPLIT,
  createWriter: () => {
    const list = createList();
    let tasks = 0;
    return {
      head: () => '[',
      image: (image) => {
        tasks += 1;
        const annotations = [];
        const predictions = [];
        for (const [i, label] of image.labels.entries()) {
          const result = [
            {
              id: `${tasks}-${i + 1}`,
              from_name: 'choice',
              to_name: 'image',
              type: 'choices',
              value: { choices: [label.className] },
            },
          ];
          if (label.source.kind === 'round') {
            const { run, round, probabilities } = label.source;
            predictions.push({
              result,
              score: probabilities[label.className] ?? null,
              model_version: `${run} round ${round}`,
            });
          } else {
            annotations.push({
              result,
              was_cancelled: false,
              ground_truth: label.source.kind === 'consensus',
              created_at: label.time,
              completed_by: label.annotator === null ? null : { email: label.annotator },
            });
          }
        }
        return list({
          id: tasks,
          data: { image: image.fileName },
          meta: { split: splitWord(image.split), image_id: image.imageId, tags: image.tags },
          annotations,
          predictions,
        });
      },
      tail: () => '\n]\n',
    };
  },
};

/**
 * ImageFolder is its folders; this file gives back the class names that a folder name cannot hold, and their order.
 */
export const classesFile: LabelFile = {
  path: 'classes.json',
  contentType: 'application/json',
  includes: () => false,
  createWriter: (context) => {
    const names = Object.fromEntries([...classFolders(context.classes)].map(([name, folder]) => [folder, name]));
    return { head: () => `${JSON.stringify(names, null, 2)}\n`, image: () => '', tail: () => '' };
  },
};

/** `train/<class>/<file>`, as torchvision's ImageFolder and Keras' image_dataset_from_directory read it. */
export function imageFolderPath(image: ExportedImage, context: ExportContext): string {
  const className = settledLabel(image)?.className;
  const folder = className === undefined ? 'unlabeled' : (foldersOf(context).get(className) ?? 'unlabeled');
  return `${splitWord(image.split)}/${folder}/${exportedFileName(image, context.imageExtension)}`;
}

/** `train/<class>/<file>` with `val` and `test` beside it, as YOLO's classification reads it. */
export const yoloPath = (image: ExportedImage, context: ExportContext): string =>
  imageFolderPath(image, context).replace(/^validation\//u, 'val/');

const folderCache = new WeakMap<ExportContext, Map<string, string>>();
const foldersOf = (context: ExportContext): Map<string, string> => {
  const held = folderCache.get(context) ?? classFolders(context.classes);
  folderCache.set(context, held);
  return held;
};
