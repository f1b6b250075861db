import type { Split } from '../project/project.ts';
import type { Said } from '../text/said.ts';

/** One answer found in an import: what it speaks of, and what it says. One image may have several. */
export interface ImportedRow {
  /** Path inside the upload, bare file name, or URL, as the file names it. */
  source: string;
  /** Null: the image is there, but nobody has said what it shows. */
  className: string | null;
  /** Null: the importer draws a split. */
  split: Split | null;
  annotator: string | null;
  /**
   * `consensus`: what the file says that its people agreed on, which decides; `model`: a prediction, never to be taken
   * as a person's answer.
   */
  by: 'human' | 'consensus' | 'model';
  /** Left out where it has none. */
  tags?: string[];
}

/** A row that could not be used, and where it stands in the file. */
export interface ImportProblem {
  where: string;
  message: string;
  /** The same by key; absent in older rows. */
  said?: Said | null;
}

export interface ImportedLabels {
  rows: ImportedRow[];
  problems: ImportProblem[];
  /** Every class in its order, used or not, where the file lists them. */
  classes?: string[];
}

/** Who says what an image shows. */
export type LabelSource =
  | { kind: 'person' }
  | { kind: 'consensus' }
  | { kind: 'round'; run: string; round: number; probabilities: Record<string, number> };

export interface ExportedLabel {
  className: string;
  source: LabelSource;
  /** Name or e-mail of the person; null for consensus and rounds. */
  annotator: string | null;
  /** ISO 8601, UTC. */
  time: string;
}

/**
 * An image with what is said about it, most authoritative label first; formats with one label an image take the first.
 */
export interface ExportedImage {
  imageId: string;
  /** The name it was uploaded with, possibly with folders. */
  fileName: string;
  /** Pixels, after EXIF orientation. */
  width: number;
  height: number;
  split: Split;
  labels: ExportedLabel[];
  tags: string[];
  /** Where it leaves as it came: how its name ends, with the dot. */
  extension?: string;
}

export interface ExportContext {
  project: string;
  /** Every class name, in class order. */
  classes: string[];
  /** Each person's answer is among the labels, by name; else nobody is named anywhere. */
  annotators: boolean;
  /** A table begins with a byte order mark, by which spreadsheets know that it is UTF-8. */
  bom?: boolean;
  /** ISO 8601, UTC. */
  exportedAt: string;
  /** Extension of the image files that travel with the labels, with its dot. */
  imageExtension: string;
}

/** Writes one text file piece by piece, so that a million labels never stand in memory at once. */
export interface LabelWriter {
  head(): string;
  image(image: ExportedImage): string;
  tail(): string;
}

/** One text file of an export. */
export interface LabelFile {
  path: string;
  contentType: string;
  /** Whether this file speaks of images of this split. */
  includes(split: Split): boolean;
  createWriter(context: ExportContext): LabelWriter;
}

export interface LabelFormat {
  title: string;
  /** More than one file, or images: the export is a zip. */
  files: LabelFile[];
  /** Where an image goes in the zip; null when the format carries no images. */
  imagePath: ((image: ExportedImage, context: ExportContext) => string) | null;
  /** It lists every class in its order, used or not; else the order and unused classes are lost. */
  listsClasses: boolean;
}
