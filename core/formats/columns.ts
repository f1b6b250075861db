import { AppError } from '../errors.ts';
import { inEnglish } from '../text/in-english.ts';
import { say } from '../text/said.ts';
import type { Said } from '../text/said.ts';
import { readTags } from '../image/tags.ts';
import { tidyName } from '../project/class-key.ts';
import type { Split } from '../project/project.ts';
import { splitOf } from './names.ts';
import type { ImportedLabels, ImportedRow, ImportProblem } from './types.ts';

/** Names that a column goes by in the manifests that people have. */
const COLUMNS = {
  source: [
    'file',
    'filename',
    'file_name',
    'image',
    'image_path',
    'image_url',
    'path',
    'filepath',
    'file_path',
    'url',
    'uri',
    'image_name',
    'img',
    'img_path',
    'img_name',
    'image_file',
    'images',
    'photo',
    'picture',
    'ref',
    'source_ref',
    'name',
    'image_id',
    'img_id',
    'id',
  ],
  className: [
    'class',
    'classname',
    'class_name',
    'label',
    'labels',
    'label_name',
    'category',
    'category_name',
    'choice',
    'target',
    'tag',
    'breed',
    'species',
    'type',
    'ground_truth',
    'annotation',
    'answer',
    '클래스',
    '라벨',
    '분류',
  ],
  split: ['split', 'subset', 'set', 'partition'],
  annotator: ['annotator', 'labeled_by', 'author', 'user', 'email'],
  by: ['source', 'origin'],
  tags: ['tags'],
} as const;

/** Our own words for answers that no person gave; a column of another tool that says something else is not ours. */
const OUR_MODELS = new Set(['round', 'model', 'prediction']);
const CONSENSUS = 'consensus';

type Field = keyof typeof COLUMNS;
export type ColumnMap = Partial<Record<Field, string>>;

/** Which of these column names means what; the first synonym in the table wins. */
export function matchColumns(names: readonly string[]): ColumnMap {
  const byKey = new Map(
    names.map((name) => [
      name
        .trim()
        .toLowerCase()
        .replaceAll(/[\s-]+/gu, '_'),
      name,
    ]),
  );
  const map: ColumnMap = {};
  for (const field of Object.keys(COLUMNS) as Field[]) {
    const found = COLUMNS[field].find((synonym) => byKey.has(synonym));
    if (found !== undefined) map[field] = byKey.get(found);
  }
  return map;
}

/** Far beyond what people have: more rows, or a name that is longer or deeper, are somebody's attack or mistake. */
export const LABEL_LIMITS = { rows: 2_000_000, sourceLength: 4096, segments: 64, problems: 20_000 } as const;

/** Gathers rows and problems; class names are tidied, so that one class has one spelling of white space and Unicode. */
export class LabelCollector implements ImportedLabels {
  readonly rows: ImportedRow[] = [];
  readonly problems: ImportProblem[] = [];
  /** Every class in its order, where the file lists them. */
  classes?: string[];

  add(
    where: string,
    row: {
      source: string;
      className?: string | null;
      split?: string | null;
      annotator?: string | null;
      by?: string | null;
      /** A list, or a cell of them. */
      tags?: unknown;
    },
  ): void {
    if (row.source.trim() === '') {
      this.problem(where, say('file.noImage'));
      return;
    }
    if (row.source.length > LABEL_LIMITS.sourceLength || countSegments(row.source) > LABEL_LIMITS.segments) {
      this.problem(where, say('file.longName', { most: LABEL_LIMITS.segments }));
      return;
    }
    this.refuseMore();
    const split = splitOf(row.split);
    if (split === null && (row.split ?? '').trim() !== '')
      this.problem(where, say('file.noSplit', { split: row.split ?? '' }));
    const tags = readTags(row.tags);
    const by = row.by ?? '';
    this.rows.push({
      source: row.source,
      className: tidyName(row.className ?? '') || null,
      split,
      annotator: row.annotator === undefined || row.annotator === '' ? null : row.annotator,
      by: OUR_MODELS.has(by) ? 'model' : by === CONSENSUS ? CONSENSUS : 'human',
      ...(tags.length > 0 ? { tags } : {}),
    });
  }

  /** A row of which all is known already. */
  place(source: string, className: string | null, split: Split | null): void {
    this.refuseMore();
    this.rows.push({ source, className, split, annotator: null, by: 'human' });
  }

  problem(where: string, said: Said): void {
    if (this.problems.length < LABEL_LIMITS.problems) this.problems.push({ where, message: inEnglish(said), said });
  }

  private refuseMore(): void {
    if (this.rows.length >= LABEL_LIMITS.rows)
      throw new AppError('TOO_LARGE', say('file.manyRows', { most: LABEL_LIMITS.rows }));
  }
}

/** Parts of a path, counted up to what is too many. */
function countSegments(path: string): number {
  let count = 1;
  for (let at = path.search(/[\\/]/u); at !== -1 && count <= LABEL_LIMITS.segments; count += 1) {
    const next = path.slice(at + 1).search(/[\\/]/u);
    at = next === -1 ? -1 : at + 1 + next;
  }
  return count;
}
