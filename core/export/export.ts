import type { ExportContext, ExportedImage, LabelFile, LabelFormat } from '../formats/types.ts';
import { csvBeside, csvFile, huggingFaceFiles, huggingFaceImagePath, jsonFile } from '../formats/write-tables.ts';
import {
  classesFile,
  cocoFile,
  cocoImagePath,
  imageFolderPath,
  labelStudioFile,
  yoloPath,
} from '../formats/write-tools.ts';

export const EXPORT_FORMATS = ['csv', 'json', 'imagefolder', 'coco', 'label-studio', 'huggingface', 'yolo'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

/** Every way labels leave: one text file, or a zip of text files and images. */
export const LABEL_FORMATS: Record<ExportFormat, LabelFormat> = {
  csv: { title: 'CSV with provenance', files: [csvFile], imagePath: null, listsClasses: false },
  json: { title: 'JSON with provenance', files: [jsonFile], imagePath: null, listsClasses: true },
  imagefolder: {
    title: 'ImageFolder (zip)',
    files: [classesFile, csvBeside(imageFolderPath)],
    imagePath: imageFolderPath,
    listsClasses: true,
  },
  coco: { title: 'COCO (zip)', files: [cocoFile], imagePath: cocoImagePath, listsClasses: true },
  'label-studio': { title: 'Label Studio JSON', files: [labelStudioFile], imagePath: null, listsClasses: false },
  yolo: {
    title: 'YOLO classification (zip)',
    files: [classesFile, csvBeside(yoloPath)],
    imagePath: yoloPath,
    listsClasses: true,
  },
  huggingface: {
    title: 'Hugging Face imagefolder (zip)',
    files: huggingFaceFiles,
    imagePath: huggingFaceImagePath,
    listsClasses: false,
  },
};

/** Letters that go out together: a row by itself would be a packet of its own. */
const PIECE = 2 ** 16;

/** The text of one file, piece by piece, from images that stream out of the database. */
export async function* writeLabelFile(
  file: LabelFile,
  context: ExportContext,
  images: AsyncIterable<ExportedImage> | Iterable<ExportedImage>,
): AsyncGenerator<string> {
  const writer = file.createWriter(context);
  // At once, so that whoever waits sees that it began: the first labeled image may be far.
  yield writer.head();
  let piece = '';
  for await (const image of images) {
    if (file.includes(image.split)) piece += writer.image(image);
    if (piece.length < PIECE) continue;
    yield piece;
    piece = '';
  }
  yield piece + writer.tail();
}
