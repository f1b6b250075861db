import type { z } from 'zod';
import type { Action } from '#core/people/access.ts';
import { SPLITS } from '#core/project/project.ts';
import type { galleryFilter } from '#core/schemas/labeling.ts';

export type GalleryFilter = z.input<typeof galleryFilter>;

export const ORDERS = ['steady', 'sure-first', 'unsure-first'] as const;
export type GalleryOrder = (typeof ORDERS)[number];

const SOURCES = ['human', 'pseudo', 'none'] as const;
const STATES = ['none', 'partial', 'agreed', 'disputed', 'adjudicated'] as const;
const ASIDE = ['excluded', 'deleted'] as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/iu;
const IDS = ['classId', 'roundId', 'predictedClassId', 'memberId', 'assignedTo', 'importId'] as const;

/**
 * Reads the gallery's filter from its address; what is not one of the known values is left out, as is what the member
 * may not find images by: a model's answers, and gold.
 */
export const parseGallery = (
  params: URLSearchParams,
  may: (action: Action) => boolean,
): { filter: GalleryFilter; order: GalleryOrder } => {
  const filter: GalleryFilter = {};
  const one = <Value extends string>(key: string, values: readonly Value[]): Value | undefined =>
    values.find((value) => value === params.get(key));
  for (const key of IDS) {
    const value = params.get(key);
    if (value !== null && UUID.test(value)) filter[key] = value;
    if (key === 'roundId' && value === 'live') filter.roundId = value;
  }
  const split = one('split', SPLITS);
  const source = one('source', SOURCES);
  const state = one('state', STATES);
  if (split !== undefined) filter.split = split;
  if (source !== undefined) filter.source = source;
  if (state !== undefined) filter.state = state;
  for (const key of ['confidenceFrom', 'confidenceTo'] as const) {
    const text = params.get(key) ?? '';
    const value = Number(text);
    if (text !== '' && value >= 0 && value <= 1) filter[key] = value;
  }
  const aside = one('aside', ASIDE);
  if (aside !== undefined) filter.aside = aside;
  for (const key of ['name', 'tag'] as const) {
    const text = (params.get(key) ?? '').trim().slice(0, key === 'name' ? 200 : 60);
    if (text !== '') filter[key] = text;
  }
  if (params.get('flagged') === '1') filter.flagged = true;
  if (params.get('gold') === '1' && may('annotation:adjudicate')) filter.gold = true;
  if (may('prediction:browse')) return { filter, order: one('order', ORDERS) ?? 'steady' };
  const { predictedClassId: _class, confidenceFrom: _from, confidenceTo: _to, ...rest } = filter;
  if (rest.source === 'pseudo') delete rest.source;
  return { filter: rest, order: 'steady' };
};

/** The image that is open over the gallery. */
export const parseOpen = (params: URLSearchParams): string | null => {
  const value = params.get('image');
  return value !== null && UUID.test(value) ? value : null;
};

/** The address of a filter, and of the image open over it: only what is set, in a steady order. */
export const writeGallery = (filter: GalleryFilter, order: GalleryOrder, open: string | null = null): string => {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(filter).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === null || value === undefined || value === false) continue;
    params.set(key, value === true ? '1' : String(value));
  }
  if (order !== 'steady') params.set('order', order);
  if (open !== null) params.set('image', open);
  return params.toString();
};

/** How many filters are on. */
export const countFilters = (filter: GalleryFilter): number =>
  Object.values(filter).filter((value) => value !== null && value !== undefined && value !== false).length;
