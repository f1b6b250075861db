import { AppError } from '../errors.ts';
import { say } from '../text/said.ts';
import { LabelCollector, matchColumns } from './columns.ts';
import { parseCsv } from './csv.ts';
import type { CsvRow } from './csv.ts';
import { isUrl } from './names.ts';
import type { ImportedLabels } from './types.ts';
import { readXml } from './xml.ts';

/**
 * CSV or TSV manifest. With a header the columns may have any of the names in columns.ts; without one the first column
 * is the image and the second, if any, the class.
 *
 * @throws AppError BAD_INPUT when no column names images.
 */
export function readCsvManifest(text: string): ImportedLabels {
  const [first, ...others] = parseCsv(withoutSeparatorLine(text));
  const labels = new LabelCollector();
  if (first === undefined) return labels;
  const columns = matchColumns(first.cells);
  const hasHeader = columns.source !== undefined;
  if (!hasHeader && !isUrl(first.cells[0] ?? '') && !/\.\w{2,5}$/u.test(first.cells[0] ?? '')) {
    throw new AppError(
      'BAD_INPUT',
      say('file.noColumn', {
        columns: first.cells
          .slice(0, 12)
          .map((cell) => `"${cell.slice(0, 40)}"`)
          .join(', '),
      }),
    );
  }
  const rows = hasHeader ? others : [first, ...others];
  const at = (name: string | undefined): number => (name === undefined ? -1 : first.cells.indexOf(name));
  const source = hasHeader ? at(columns.source) : 0;
  const className = hasHeader ? at(columns.className) : 1;
  const oneHot = hasHeader && className === -1 ? findOneHot(first.cells, rows, source) : null;
  for (const { line, cells } of rows) {
    const where = `line ${line}`;
    const chosen = oneHot?.filter((column) => Number(cells[column]) === 1) ?? [];
    if (chosen.length > 1) {
      const names = chosen.map((column) => first.cells[column]?.trim()).join(', ');
      labels.problem(where, say('file.manyClasses', { source: cells[source] ?? '', count: chosen.length, names }));
    }
    labels.add(where, {
      source: cells[source] ?? '',
      className: oneHot === null ? cells[className] : chosen.length === 1 ? first.cells[chosen[0] ?? -1] : null,
      split: cells[at(columns.split)],
      annotator: cells[at(columns.annotator)],
      by: cells[at(columns.by)],
      tags: cells[at(columns.tags)],
    });
  }
  if (labels.rows.length > 0 && className === -1 && oneHot === null && columns.tags === undefined) {
    labels.problem('line 1', say('file.noClassColumn', { columns: first.cells.slice(0, 12).join(', ') }));
  }
  return labels;
}

/** What Excel puts above a table so that it opens it with this separator. */
const withoutSeparatorLine = (text: string): string => text.replace(/^\uFEFF?sep=.\r?\n/iu, '');

/**
 * Columns of a table that has one for each class with 0 and 1 in it (Roboflow's `_classes.csv`); null when the columns
 * beside the image are anything else.
 */
function findOneHot(header: readonly string[], rows: readonly CsvRow[], source: number): number[] | null {
  const columns = header.map((_, column) => column).filter((column) => column !== source);
  const isFlag = (cell: string | undefined): boolean => /^\s*[01](?:\.0+)?\s*$/u.test(cell ?? '');
  const isTable = columns.length >= 2 && rows.length > 0;
  return isTable && rows.every(({ cells }) => columns.every((column) => isFlag(cells[column]))) ? columns : null;
}

/** A list of addresses, one a line; empty lines and lines that start with # are left out. */
export function readUrlList(text: string): ImportedLabels {
  const labels = new LabelCollector();
  for (const [i, raw] of text
    .replace(/^\uFEFF/u, '')
    .split(/\r\n|\r|\n/u)
    .entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    if (isUrl(line) && URL.canParse(line)) labels.add(`line ${i + 1}`, { source: line });
    else labels.problem(`line ${i + 1}`, say('file.noAddress'));
  }
  return labels;
}

/**
 * CVAT for images 1.1, XML: an `image` with `tag`s; shapes are not classes of a whole image and are left out.
 * https://docs.cvat.ai/docs/manual/advanced/xml_format/
 *
 * @throws AppError BAD_INPUT when it is not such a file.
 */
export function readCvatXml(text: string): ImportedLabels {
  const labels = new LabelCollector();
  let image: {
    where: string;
    source: string;
    split: string | null;
    tags: { className: string; by: string | null }[];
  } | null = null;
  const flush = (): void => {
    if (image === null) return;
    const { where, source, split, tags } = image;
    const distinct = new Set(tags.map((tag) => tag.className));
    if (distinct.size > 1) labels.problem(where, say('file.manyTags', { count: distinct.size }));
    const tag = distinct.size === 1 ? tags[0] : undefined;
    labels.add(where, { source, split, className: tag?.className, by: tag?.by });
  };
  let root: string | null = null;
  for (const element of readXml(text)) {
    root ??= element.name;
    if (element.name === 'image') {
      flush();
      const subset = element.attributes.subset;
      image = {
        where: `line ${element.line}`,
        source: element.attributes.name ?? '',
        split: subset === 'default' ? null : (subset ?? null),
        tags: [],
      };
    } else if (element.name === 'tag' && image !== null) {
      image.tags.push({
        className: element.attributes.label ?? '',
        by: element.attributes.source === 'auto' ? 'model' : null,
      });
    }
  }
  flush();
  if (root !== 'annotations') throw new AppError('BAD_INPUT', say('file.noCvat'));
  return labels;
}
