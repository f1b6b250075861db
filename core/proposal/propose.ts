import { openFolders } from '../formats/read-folders.ts';
import type { FolderTree } from '../formats/read-folders.ts';
import { remember } from '../remember.ts';
import { plural } from '../text.ts';
import { classKey, createClassFinder, tidyName } from '../project/class-key.ts';
import type { ProjectSettings, Split } from '../project/project.ts';
import { expectSplits } from '../project/splits.ts';
import { folderBook, makeLabelBook } from './label-book.ts';
import type { FileLabel, LabelBook } from './label-book.ts';
import { readTables } from './read-tables.ts';
import type { LabelFileBytes, ReadTable } from './read-tables.ts';

/** How the labels of an upload are read: not at all, from its label files, or from the folders of a level (0: top). */
export type LayoutId = 'none' | 'tables' | `folders-${number}`;

/** What a person decided about a proposal. */
export interface ProposalChoice {
  /** Null: as it was recognised. */
  layout: LayoutId | null;
  /** Classes under another name, by the name that the upload gives them; null: their images stay unlabeled. */
  names: Readonly<Record<string, string | null>>;
}

export const AS_RECOGNISED: ProposalChoice = { layout: null, names: {} };

export interface ProposedLayout {
  id: LayoutId;
  classes: number;
  labeled: number;
  /** A few of its classes. */
  sample: string[];
}

export interface ProposedClass {
  /** As it will be called: a class of the project where one has this name, else as most files spell it. */
  name: string;
  /** All names that the upload has for it; more than one where spellings are joined. */
  spellings: string[];
  images: number;
  isNew: boolean;
  /** Files to show it by. */
  samples: string[];
}

/** A few of many, and how many they are. */
export interface Some {
  count: number;
  some: string[];
}

/** What an import understood, before anything is stored. */
export interface Proposal {
  images: number;
  layout: LayoutId;
  /** Those that fit, the recognised one first. */
  layouts: ProposedLayout[];
  /** In the order, and so with the keys, that they will have: those of the project, then new ones by name. */
  classes: ProposedClass[];
  /** By the split that the upload names; `drawn`: the project draws it. */
  splits: Record<Split | 'drawn', number>;
  /** What accepting gives, by the project's shares; `isDrawn`: chance decides how many. Empty splits are left out. */
  expected: { split: Split; images: number; isDrawn: boolean }[];
  unlabeled: Some;
  /** Rows of label files that name no image. */
  unmatched: Some;
  /** Images on which the upload's annotators do not agree; they stay unlabeled. */
  disputed: Some;
  /** Tags that images come with, the most frequent ones. */
  tags: { count: number; some: { tag: string; images: number }[] };
  tables: ReadTable[];
  /** Names that are kept in another form (NFC, white space). */
  renamed: Some;
  /** Of names that did not say it themselves. */
  nameEncoding: string | null;
}

export interface ProposalInput {
  /** Images, by their path in the upload. */
  paths: readonly string[];
  labelFiles: readonly LabelFileBytes[];
  /** What the project has. */
  classes: readonly { name: string }[];
  /** Second names of these: the name, and that of the class that it means. */
  aliases?: readonly { name: string; into: string }[];
  nameEncoding?: string | null;
  choice?: ProposalChoice;
  /** What the project draws by; without it nothing is drawn. */
  shares?: Pick<ProjectSettings, 'validationShare' | 'testShare'>;
}

const NOTHING_DRAWN = { validationShare: 0, testShare: 0 };

/** As people sort names: 2 before 10, in any case. */
const byName = new Intl.Collator('en', { numeric: true });

const SHOWN = 20;
const SAMPLES = 4;
/** Levels of folders that are offered. */
const LEVELS = 6;

/**
 * Reads what an upload means from its names and label files alone. The same answer is shown in a browser, told to
 * programs and followed by the import, so that what was shown is what is stored.
 *
 * @example
 *   const { proposal, find } = propose({ paths: ['cat/1.jpg', 'dog/2.jpg'], labelFiles: [], classes: [] });
 *   proposal.layout; // 'folders-0'
 *   find('cat/1.jpg'); // { className: 'cat', split: null }
 */
export function propose(input: ProposalInput): { proposal: Proposal; find: (path: string) => FileLabel | null } {
  const { paths, choice = AS_RECOGNISED } = input;
  const { rows, tables, folderNames, listed } = readTables(input.labelFiles);
  const tree = openFolders(paths, folderNames ?? {});
  // A list that says no class takes nothing away from what folders say.
  const saysClasses = rows.some(({ className, by }) => className !== null && by !== 'model');
  const levels = [...tree.folders.keys()].filter((level) => level < LEVELS && level !== tree.found);
  const found = tree.found === null ? [] : [tree.found];
  const fitting: LayoutId[] = [
    ...(saysClasses ? (['tables'] as const) : []),
    ...found.map((level) => `folders-${level}` as const),
    ...(saysClasses || tree.found !== null ? [] : (['none'] as const)),
    ...levels.map((level) => `folders-${level}` as const),
    ...(saysClasses || tree.found !== null ? (['none'] as const) : []),
  ];
  const layout = fitting.find((id) => id === choice.layout) ?? fitting[0] ?? 'none';
  const table = saysClasses ? makeLabelBook(rows, paths) : null;
  const book = layout === 'tables' && table ? table : folderBook(tree.read(levelOf(layout)).rows);
  const name = makeNamer(input, choice);
  // Tags are tags, whoever says the class.
  const tagged = rows.some(({ tags }) => tags) ? (table ?? makeLabelBook(rows, paths)) : null;
  const called = (path: string): FileLabel | null => {
    const said = book.find(path);
    const tags = said?.tags ?? tagged?.find(path)?.tags;
    const label = said && rename(said, name);
    return tags ? { className: null, split: null, ...label, tags } : label;
  };
  const described = describe(input, called, book, layout === 'none' ? [] : listed.flatMap((one) => name(one) ?? []));
  // One class has one spelling: that of the project, else that of most files.
  const spelling = new Map(described.classes.map((one) => [classKey(one.name), one.name]));
  const spell = remember((className: string) => spelling.get(classKey(className)) ?? className);
  return {
    proposal: {
      ...described,
      expected: expectSplits(described.splits, input.shares ?? NOTHING_DRAWN),
      layout,
      layouts: fitting.map((id) => describeLayout(id, tree, id === 'tables' ? table : null, paths)),
      tables,
      unmatched: someOf(layout === 'tables' ? book.unmatched : []),
      disputed: someOf(book.disputed),
      nameEncoding: input.nameEncoding ?? null,
    },
    find: (path) => {
      const label = called(path);
      return label && rename(label, spell);
    },
  };
}

/** A label under other names of its classes; answers of a class that is left out go with it. */
const rename = (label: FileLabel, name: (className: string) => string | null): FileLabel => ({
  ...label,
  className: label.className === null ? null : name(label.className),
  ...(label.answers
    ? {
        answers: label.answers.flatMap(({ annotator, className }) => {
          const called = name(className);
          return called === null ? [] : [{ annotator, className: called }];
        }),
      }
    : {}),
});

/** The level of the folders that name classes; null where folders do not. */
export const levelOf = (layout: LayoutId): number | null =>
  layout.startsWith('folders-') ? Number(layout.slice('folders-'.length)) : null;

/** What a class of the upload is called in the project; null: it is left out. */
function makeNamer(
  { classes, aliases = [] }: ProposalInput,
  { names }: ProposalChoice,
): (className: string) => string | null {
  const findOwn = createClassFinder([...classes.map((own) => ({ name: own.name, into: own.name })), ...aliases]);
  const chosen = new Map(Object.entries(names).map(([from, to]) => [classKey(from), to]));
  return remember((className) => {
    const to = chosen.has(classKey(className)) ? (chosen.get(classKey(className)) ?? null) : className;
    return to === null || tidyName(to) === '' ? null : (findOwn(to)?.into ?? tidyName(to));
  });
}

function describe(
  { paths, classes }: ProposalInput,
  find: (path: string) => FileLabel | null,
  book: LabelBook,
  listed: readonly string[],
): Pick<Proposal, 'images' | 'classes' | 'splits' | 'unlabeled' | 'tags' | 'renamed'> {
  const splits = { pool: 0, validation: 0, test: 0, drawn: 0 };
  const tags = new Map<string, number>();
  const unlabeled: string[] = [];
  const found = new Map<string, ProposedClass & { said: Map<string, number> }>();
  const own = new Map(classes.map((one, position) => [one.name, position]));
  const keyOf = remember(classKey);
  const place = new Map<string, number>();
  for (const name of listed) if (!place.has(keyOf(name))) place.set(keyOf(name), own.size + place.size);
  const placeOf = ({ name }: ProposedClass): number => own.get(name) ?? place.get(keyOf(name)) ?? own.size + place.size;
  for (const name of listed)
    found.set(keyOf(name), {
      name,
      spellings: [],
      images: 0,
      isNew: !own.has(name),
      samples: [],
      said: new Map<string, number>(),
    });
  for (const path of paths) {
    const label = find(path);
    splits[label?.split ?? 'drawn'] += 1;
    for (const tag of label?.tags ?? []) tags.set(tag, (tags.get(tag) ?? 0) + 1);
    const said = book.find(path)?.className ?? null;
    if (label === null || label.className === null || said === null) {
      unlabeled.push(path);
      continue;
    }
    const key = keyOf(label.className);
    const one = found.get(key) ?? {
      name: label.className,
      spellings: [],
      images: 0,
      isNew: !own.has(label.className),
      samples: [],
      said: new Map<string, number>(),
    };
    found.set(key, one);
    one.images += 1;
    one.said.set(said, (one.said.get(said) ?? 0) + 1);
    if (one.samples.length < SAMPLES) one.samples.push(path);
  }
  return {
    images: paths.length,
    classes: [...found.values()]
      .map(({ said, ...one }) => {
        const found = [...said].sort((a, b) => b[1] - a[1]).map(([spelling]) => spelling);
        const spellings = found.length > 0 ? found : [one.name];
        const isSpelling = spellings.some((spelling) => classKey(spelling) === classKey(one.name));
        return { ...one, name: one.isNew && isSpelling ? (spellings[0] ?? one.name) : one.name, spellings };
      })
      .sort((a, b) => placeOf(a) - placeOf(b) || byName.compare(a.name, b.name)),
    splits,
    unlabeled: someOf(unlabeled),
    tags: {
      count: tags.size,
      some: [...tags]
        .sort((a, b) => b[1] - a[1] || byName.compare(a[0], b[0]))
        .slice(0, SHOWN)
        .map(([tag, images]) => ({ tag, images })),
    },
    renamed: someOf(paths.filter((path) => path !== path.normalize('NFC'))),
  };
}

function describeLayout(
  id: LayoutId,
  tree: FolderTree,
  table: LabelBook | null,
  paths: readonly string[],
): ProposedLayout {
  const level = levelOf(id);
  if (level !== null) {
    const { names, files } = tree.tell(level);
    return { id, classes: new Set(names.map(classKey)).size, labeled: files, sample: names.slice(0, 3) };
  }
  const names = new Set<string>();
  let labeled = 0;
  if (table)
    for (const path of paths) {
      const className = table.find(path)?.className ?? null;
      if (className === null) continue;
      labeled += 1;
      names.add(className);
    }
  const spelled = [...names];
  return { id, classes: new Set(spelled.map(classKey)).size, labeled, sample: spelled.slice(0, 3) };
}

const someOf = (all: readonly string[]): Some => ({ count: all.length, some: all.slice(0, SHOWN) });

/** A proposal in a few lines, for a command line. */
export function proposalLines(proposal: Proposal): string[] {
  const { classes, expected, unlabeled, unmatched, disputed, tags, tables } = proposal;
  const split = expected.map((one) => `${one.isDrawn ? 'about ' : ''}${one.images} ${one.split}`).join(', ');
  const lines = [`${plural(proposal.images, 'image')} (${split}), read as ${layoutWords(proposal.layout)}`];
  if (classes.length > 0)
    lines.push(
      `${plural(classes.length, 'class', 'classes')}: ${classes
        .slice(0, SHOWN)
        .map(({ name, images }) => `${name} ${images}`)
        .join(', ')}${classes.length > SHOWN ? ', …' : ''}`,
    );
  for (const { name, spellings } of classes.filter((one) => one.spellings.length > 1))
    lines.push(`${spellings.join(', ')} are one class: ${name}`);
  if (unlabeled.count > 0) lines.push(`${unlabeled.count} without a label`);
  if (tags.count > 0)
    lines.push(
      `tags: ${tags.some.map(({ tag, images }) => `${tag} ${images}`).join(', ')}${tags.count > SHOWN ? ', …' : ''}`,
    );
  if (unmatched.count > 0)
    lines.push(`${plural(unmatched.count, 'row names', 'rows name')} no image, such as ${unmatched.some[0] ?? ''}`);
  if (disputed.count > 0) lines.push(`${disputed.count} on which its annotators do not agree stay unlabeled`);
  for (const { path, problem } of tables) if (problem !== null) lines.push(`${path}: ${problem}`);
  return lines;
}

/** What a layout is called. */
export const layoutWords = (layout: LayoutId): string =>
  layout === 'none'
    ? 'images without labels'
    : layout === 'tables'
      ? 'labeled by a file'
      : `labeled by the folders of level ${(levelOf(layout) ?? 0) + 1}`;
