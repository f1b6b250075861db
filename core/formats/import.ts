import { AppError } from '../errors.ts';
import { say } from '../text/said.ts';
import { readCoco, readFlatManifest, readLabelStudio, readPupilJson } from './read-json.ts';
import { readCsvManifest, readCvatXml, readUrlList } from './read-text.ts';
import { isUrl, splitOf } from './names.ts';
import type { ImportedLabels, ImportedRow } from './types.ts';

export const IMPORT_FORMATS = [
  'csv',
  'json-manifest',
  'pupil-json',
  'coco',
  'label-studio',
  'cvat',
  'url-list',
] as const;
export type ImportFormat = (typeof IMPORT_FORMATS)[number];

/**
 * Reads a labels file of any format that we know, told apart by its content; the extension only decides between CSV and
 * a list of addresses when both could be. The text is untrusted; the caller caps its length.
 *
 * @throws AppError BAD_INPUT, saying what is wrong with the file.
 */
export function readLabelFile(fileName: string, text: string): ImportedLabels & { format: ImportFormat } {
  const start = text.replace(/^\uFEFF/u, '').trimStart();
  if (start === '') throw new AppError('BAD_INPUT', say('file.empty', { name: fileName }));
  if (start.startsWith('<')) return { format: 'cvat', ...read(readCvatXml(text)) };
  if (start.startsWith('{') || start.startsWith('[')) return readJson(fileName, start);
  const isList =
    !/\.[ct]sv$/iu.test(fileName) &&
    start.split(/[\r\n]+/u, 50).every((line) => line === '' || line.startsWith('#') || isUrl(line));
  return isList
    ? { format: 'url-list', ...read(readUrlList(text)) }
    : { format: 'csv', ...read(readCsvManifest(text)) };
}

/** Whether a file beside images is worth reading as labels: by name, so that a zip can be planned before it is read. */
export const isLabelFile = (path: string): boolean => /\.(?:csv|tsv|json|jsonl|xml|txt)$/iu.test(path);

/**
 * Rows of a label file that lies in a folder of the upload: its images are named from that folder, and a folder named
 * like a split says the split (Hugging Face: `train/metadata.jsonl`).
 */
export function placeBeside(labelFilePath: string, rows: readonly ImportedRow[]): ImportedRow[] {
  const folders = labelFilePath.split('/').slice(0, -1);
  const split = splitOf(folders.at(-1));
  return rows.map((row) => ({
    ...row,
    source: isUrl(row.source) ? row.source : [...folders, row.source].join('/'),
    split: row.split ?? split,
  }));
}

const read = ({ rows, problems, classes }: ImportedLabels): ImportedLabels => ({
  rows,
  problems,
  ...(classes ? { classes } : {}),
});

function readJson(fileName: string, text: string): ImportedLabels & { format: ImportFormat } {
  const data = parseJson(fileName, text);
  if (Array.isArray(data)) {
    const first: unknown = data[0];
    const isTask = isRecord(first) && isRecord(first.data);
    return isTask
      ? { format: 'label-studio', ...read(readLabelStudio(data)) }
      : { format: 'json-manifest', ...read(readFlatManifest(data)) };
  }
  if (isRecord(data) && data.format === 'pupil-labels') return { format: 'pupil-json', ...read(readPupilJson(data)) };
  if (isRecord(data) && 'annotations' in data) return { format: 'coco', ...read(readCoco(data)) };
  if (isRecord(data) && typeof ownFile(data) === 'string')
    return { format: 'json-manifest', ...read(readFlatManifest([data])) };
  throw new AppError('BAD_INPUT', say('file.unknownJson', { name: fileName, shape: '{"file", "class"}' }));
}

/** One JSON value, or JSON lines. */
function parseJson(fileName: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    try {
      if (lines.length > 1) return lines.map((line): unknown => JSON.parse(line));
    } catch {
      // The first error says more than the one about a line.
    }
    throw new AppError('BAD_INPUT', say('file.brokenJson', { name: fileName }), { cause });
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The image that a single-line JSON manifest names. */
const ownFile = (data: Record<string, unknown>): unknown => data.file ?? data.file_name ?? data.image;
