import { NO_CLASS, NO_TAG } from '#core/round/point-map.ts';
import type { UnpackedMap } from '#core/round/point-map.ts';
import type { Translate } from '#core/text/text.ts';
import { classColour } from '../../../../_lib/class-colour.ts';

/** What the points of a map are coloured by. */
export type Colouring = 'people' | 'model' | 'confidence' | 'labeled' | 'flip' | 'split' | 'tag' | 'suspect' | 'opens';

export interface Look {
  id: string;
  name: string;
  colour: string;
  position: number;
}

/** Points of one colour, as the legend names them. */
export interface MapGroup {
  /** Its number; REST stands for all that no other group has. */
  group: number;
  name: string;
  colour: string;
  count: number;
}

export const REST = 255;
const REST_COLOUR = 'var(--color-line-strong)';
const STEPS = 6;
/** Groups beyond those that the colours of classes tell apart. */
const COLOURS = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#7a5195', '#a6761d'];
const SPLITS = ['pool', 'validation', 'test'] as const;

const confidenceColour = (step: number): string =>
  `color-mix(in oklab, var(--color-warn) ${100 - step * 20}%, var(--color-accent))`;

interface Scheme {
  names: readonly string[];
  colours: readonly string[];
  /** The group of a point; REST or beyond for none. */
  groupOf: (point: number) => number;
  rest: string;
}

const flagged = (column: Uint8Array, name: string, rest: string, colour = 'var(--color-accent)'): Scheme => ({
  names: [name],
  colours: [colour],
  groupOf: (point) => (column[point] === 1 ? 0 : REST),
  rest,
});

function schemeOf(
  t: Translate,
  map: UnpackedMap,
  by: Colouring,
  looks: readonly (Look | undefined)[],
  tags: readonly string[],
): Scheme {
  const classes = {
    names: looks.map((look) => look?.name ?? t('map.goneClass')),
    colours: looks.map((look) => classColour(look?.colour ?? '#666666')),
  };
  switch (by) {
    case 'people':
      return {
        ...classes,
        groupOf: (point) => (map.labeled[point] === 1 ? (map.classIndex[point] ?? NO_CLASS) : REST),
        rest: t('map.group.unlabeled'),
      };
    case 'model':
      return { ...classes, groupOf: (point) => map.classIndex[point] ?? NO_CLASS, rest: t('map.group.noGuess') };
    case 'confidence':
      return {
        names: Array.from({ length: STEPS }, (_, step) => `${Math.round((step / STEPS) * 100)}%+`),
        colours: Array.from({ length: STEPS }, (_, step) => confidenceColour(step)),
        groupOf: (point) =>
          map.confidence[point] === 0 ? REST : Math.min(STEPS - 1, Math.floor((map.confidence[point] ?? 0) * STEPS)),
        rest: t('map.group.noGuess'),
      };
    case 'split':
      return {
        names: SPLITS.map((split) => t(`common.split.${split}`)),
        colours: COLOURS.slice(0, SPLITS.length),
        groupOf: (point) => map.split[point] ?? REST,
        rest: '',
      };
    case 'tag':
      return {
        names: tags,
        colours: tags.map((_, at) => COLOURS[at % COLOURS.length] ?? REST_COLOUR),
        groupOf: (point) => map.tag[point] ?? NO_TAG,
        rest: t('map.group.noTag'),
      };
    case 'suspect':
      return flagged(map.suspect, t('map.group.doubted'), t('map.group.notDoubted'), 'var(--color-bad)');
    case 'labeled':
      return flagged(map.labeled, t('map.group.labeled'), t('map.group.unlabeled'));
    case 'flip':
      return flagged(map.flipped, t('map.group.flipped'), t('map.group.asBefore'));
    case 'opens':
      return flagged(map.opens, t('map.group.opens'), t('map.group.shut'));
  }
}

/**
 * The group of each point, and the groups that have any as a legend lists them, the rest last.
 * @param looks of the classes that the map counts in
 */
export function colourPoints(
  t: Translate,
  map: UnpackedMap,
  by: Colouring,
  looks: readonly (Look | undefined)[],
  tags: readonly string[],
): { groups: Uint8Array; palette: string[]; legend: MapGroup[] } {
  const { names, colours, groupOf, rest } = schemeOf(t, map, by, looks, tags);
  const counts = new Uint32Array(REST + 1);
  const groups = Uint8Array.from({ length: map.count }, (_, point) => {
    const own = groupOf(point);
    const group = own < names.length ? own : REST;
    counts[group] = (counts[group] ?? 0) + 1;
    return group;
  });
  const legend = [
    ...names.map((name, group) => ({ group, name, colour: colours[group] ?? REST_COLOUR, count: counts[group] ?? 0 })),
    { group: REST, name: rest, colour: REST_COLOUR, count: counts[REST] ?? 0 },
  ].filter(({ count }) => count > 0);
  return { groups, palette: [...colours], legend };
}

/**
 * What a map can be coloured by: only what tells points of it apart.
 * @param kind `features`: by what the backbone sees, with labels and guesses apart; `round`: all points have its guess
 */
export function listColourings(
  t: Translate,
  map: UnpackedMap,
  { kind, seesAll }: { kind: 'features' | 'round'; seesAll: boolean },
): { value: Colouring; label: string }[] {
  const isGuessed = map.classIndex.some((index, point) => index !== NO_CLASS && map.labeled[point] === 0);
  const offered: [Colouring, boolean][] = [
    ['people', kind === 'features'],
    ['model', kind === 'round' || isGuessed],
    ['confidence', kind === 'round' || isGuessed],
    ['flip', kind === 'round'],
    ['labeled', true],
    ['split', map.split.some((split) => split !== 0)],
    ['tag', map.tag.some((tag) => tag !== NO_TAG)],
    ['suspect', map.suspect.some((suspect) => suspect === 1)],
    ['opens', !seesAll],
  ];
  return offered.flatMap(([value, isOffered]) =>
    isOffered ? [{ value, label: t(`map.by.${kind === 'features' && value === 'model' ? 'guesses' : value}`) }] : [],
  );
}
