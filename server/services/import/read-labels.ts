import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { decodeText } from '#core/formats/decode-text.ts';
import { readLabelFile } from '#core/formats/import.ts';
import { isUrl } from '#core/formats/names.ts';
import type { ImportedRow, ImportProblem } from '#core/formats/types.ts';
import { AS_RECOGNISED, propose } from '#core/proposal/propose.ts';
import type { Proposal, ProposalChoice } from '#core/proposal/propose.ts';
import type { FileLabel } from '#core/proposal/label-book.ts';
import type { LabelFileBytes } from '#core/proposal/read-tables.ts';
import type { ProjectSettings } from '#core/project/project.ts';
import { className as classNameSchema } from '#core/schemas/project.ts';

/** What is known of the files of an archive, as a person chose to read it. */
export interface ArchiveReading extends ReadingContext {
  choice: ProposalChoice;
}

/** What the project has, so that a name means its class. */
export interface ReadingContext {
  classes: readonly { name: string }[];
  aliases: readonly { name: string; into: string }[];
  /** What it draws splits by. */
  shares: Pick<ProjectSettings, 'validationShare' | 'testShare'>;
}

/** As it was recognised, into a project without classes. */
export const PLAIN_READING: ArchiveReading = {
  choice: AS_RECOGNISED,
  classes: [],
  aliases: [],
  shares: { validationShare: 0, testShare: 0 },
};

/**
 * Labels of an archive: its own label files first, then its folders, or as a person chose. A file that is called like
 * one but holds no labels is refused by name; it takes no image down with it.
 * @throws AppError BAD_INPUT when a class has no name that can be one
 */
export function readArchiveLabels(
  paths: readonly string[],
  labelFiles: readonly LabelFileBytes[],
  reading: ArchiveReading = PLAIN_READING,
  nameEncoding: string | null = null,
): {
  find: (path: string) => FileLabel | null;
  proposal: Proposal;
  refused: { name: string; error: AppError }[];
} {
  const { proposal, find } = propose({ paths, labelFiles, nameEncoding, ...reading });
  for (const { name } of proposal.classes) checkClassName(name);
  const refused = proposal.tables.flatMap(({ path, format, problem, said }) =>
    format === null
      ? [{ name: path, error: new AppError('BAD_INPUT', say('file.notLabels', { why: said ?? problem ?? '' })) }]
      : [],
  );
  return { find, proposal, refused };
}

/** What a label file says, made ready to be taken. */
export interface LabelRows {
  problems: ImportProblem[];
  /** Classes that the file lists, in its order. */
  classes: string[];
  /** Rows that name an address, which is to be fetched. */
  addresses: ImportedRow[];
  /** Rows that name an image of the project. */
  rows: ImportedRow[];
  /** Rows that are taken, in all. */
  total: number;
}

/** @throws AppError BAD_INPUT with what is wrong with the file, or a name in it that cannot be a class */
export function readRows(name: string, bytes: Uint8Array): LabelRows {
  const { rows, problems, classes = [] } = readLabelFile(name, decodeText(bytes).text);
  // A model's answer is no label; what stands beside it, tags, is said of the image.
  const people = rows.filter((row) => row.by !== 'model' || row.tags);
  for (const row of people) if (row.by !== 'model') checkClassName(row.className);
  for (const one of classes) checkClassName(one);
  const addresses = people.filter((row) => isUrl(row.source));
  return {
    problems,
    classes: [...classes],
    addresses,
    rows: addresses.length === 0 ? people : people.filter((row) => !isUrl(row.source)),
    total: people.length,
  };
}

/** @throws AppError BAD_INPUT when a name cannot be a class */
export function checkClassName(name: string | null): void {
  if (name !== null && !classNameSchema.safeParse(name).success) {
    throw new AppError(
      'BAD_INPUT',
      say('file.className', { name: `${name.slice(0, 40)}${name.length > 40 ? '…' : ''}` }),
    );
  }
}
