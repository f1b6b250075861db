import { joinTags } from '../image/tags.ts';
import { formatCsvRow } from './csv.ts';
import { EVERY_SPLIT, exportedFileName, ONLY_SPLIT, settledLabel, splitWord } from './names.ts';
import type { ExportContext, ExportedImage, ExportedLabel, LabelFile, LabelWriter } from './types.ts';

const csvHeader = (annotators: boolean): string[] => [
  'image',
  'file',
  'class',
  'source',
  'run',
  'round',
  'confidence',
  'probabilities',
  ...(annotators ? ['annotator'] : []),
  'time',
  'split',
  'tags',
];

/**
 * One row a label, with provenance; beside a consensus those who said so, and no such column where people are not
 * named. An image without a label has one row. Cells that a spreadsheet would run are guarded (csv.ts), and our own
 * reader takes the guard off again.
 */
const csvOf = (nameOf: (image: ExportedImage, context: ExportContext) => string): LabelFile => ({
  path: 'labels.csv',
  contentType: 'text/csv; charset=utf-8',
  includes: EVERY_SPLIT,
  createWriter: (context) => {
    const { annotators, bom = false } = context;
    return {
      head: () => `${bom ? '\uFEFF' : ''}${formatCsvRow(csvHeader(annotators))}`,
      image: (image) =>
        (image.labels.length > 0 ? image.labels : [null])
          .map((label) =>
            formatCsvRow([
              image.imageId,
              nameOf(image, context),
              label?.className ?? '',
              ...(label ? provenanceCells(label) : ['', '', '', '', '']),
              ...(annotators ? [label ? whoSaid(label, image) : ''] : []),
              label?.time ?? '',
              splitWord(image.split),
              joinTags(image.tags),
            ]),
          )
          .join(''),
      tail: () => '',
    };
  },
});

export const csvFile = csvOf((image) => image.fileName);

/** The same beside images in folders, which it names as they lie in the zip. */
export const csvBeside = (imagePath: (image: ExportedImage, context: ExportContext) => string): LabelFile =>
  csvOf(imagePath);

const provenanceCells = (label: ExportedLabel): string[] => {
  const { source } = label;
  const round = source.kind === 'round' ? source : null;
  return [
    source.kind,
    round?.run ?? '',
    round === null ? '' : String(round.round),
    round === null ? '' : String(round.probabilities[label.className] ?? ''),
    round === null ? '' : JSON.stringify(round.probabilities),
  ];
};

/** The person whose answer it is; of a consensus all whose answer it equals. */
const whoSaid = (label: ExportedLabel, image: ExportedImage): string =>
  label.source.kind !== 'consensus'
    ? (label.annotator ?? '')
    : [
        ...new Set(
          image.labels.flatMap(({ className, annotator }) =>
            annotator !== null && className === label.className ? [annotator] : [],
          ),
        ),
      ].join('; ');

/**
 * All that is known, for programs: `{format, version, project, classes, images: [{image, file, width, height, split,
 * labels}]}`.
 */
export const jsonFile: LabelFile = {
  path: 'labels.json',
  contentType: 'application/json',
  includes: EVERY_SPLIT,
  createWriter: (context) => {
    const list = createList();
    return {
      head: () =>
        `{"format":"pupil-labels","version":1,"project":${JSON.stringify(context.project)},` +
        `"exportedAt":${JSON.stringify(context.exportedAt)},` +
        `"classes":${JSON.stringify(context.classes)},"images":[`,
      image: (image) =>
        list({
          image: image.imageId,
          file: image.fileName,
          width: image.width,
          height: image.height,
          split: splitWord(image.split),
          tags: image.tags,
          labels: image.labels.map((label) => ({
            class: label.className,
            source: label.source,
            annotator: label.annotator,
            time: label.time,
          })),
        }),
      tail: () => '\n]}\n',
    };
  },
};

/**
 * `metadata.jsonl` of a Hugging Face imagefolder, one a split folder:
 * https://huggingface.co/docs/datasets/image_dataset
 */
export const huggingFaceFiles: LabelFile[] = (['pool', 'validation', 'test'] as const).map((split) => ({
  path: `${splitWord(split)}/metadata.jsonl`,
  contentType: 'application/jsonl',
  includes: ONLY_SPLIT(split),
  createWriter: (context: ExportContext): LabelWriter => ({
    head: () => '',
    image: (image) => {
      const label = settledLabel(image);
      const answers = image.labels.filter(({ source }) => source.kind === 'person');
      return `${JSON.stringify({
        file_name: exportedFileName(image, context.imageExtension),
        label: label?.className ?? null,
        original_file_name: image.fileName,
        source: label?.source.kind ?? null,
        time: label?.time ?? null,
        tags: image.tags,
        ...(context.annotators
          ? { answers: answers.map(({ className, annotator }) => ({ class: className, annotator })) }
          : {}),
      })}\n`;
    },
    tail: () => '',
  }),
}));

export const huggingFaceImagePath = (image: ExportedImage, context: ExportContext): string =>
  `${splitWord(image.split)}/${exportedFileName(image, context.imageExtension)}`;

/** Formats list items one a line, commas between. */
export function createList(): (item: unknown) => string {
  let first = true;
  return (item) => {
    const text = `${first ? '' : ','}\n${JSON.stringify(item)}`;
    first = false;
    return text;
  };
}
