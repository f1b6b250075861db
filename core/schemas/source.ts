import { z } from 'zod';
import { OBJECT_STATES, SOURCE_INTERVALS } from '../source/source.ts';
import { bucketPlace, hasBothKeys } from './import.ts';
import { className, plainText } from './project.ts';

const bucket = z.object({ kind: z.literal('bucket'), ...bucketPlace });
const folder = z.object({
  kind: z.literal('folder'),
  path: z
    .string()
    .trim()
    .max(1000)
    .regex(/^(?:\/|[a-z]:[\\/])/iu, 'Give the whole path, such as /srv/pictures/birds.'),
});
const list = z.object({
  kind: z.literal('list'),
  url: z
    .string()
    .trim()
    .max(2000)
    .pipe(z.url({ protocol: /^https?$/, error: 'Give an http or https address.' })),
});

const settings = {
  name: plainText(100),
  interval: z.enum(SOURCE_INTERVALS),
  /** What is new is taken without asking whenever the source is looked at. */
  takesNew: z.boolean(),
};

export const addSource = z.object({
  ...settings,
  /** Classes are read from folders and label files, as of any import. */
  readsLabels: z.boolean(),
  place: z
    .discriminatedUnion('kind', [bucket, folder, list])
    .refine((place) => place.kind !== 'bucket' || hasBothKeys(place), {
      message: 'Give both keys, or neither for a public bucket.',
      path: ['secretAccessKey'],
    }),
});
export type NewPlace = z.infer<typeof addSource>['place'];

export const sourceRef = z.object({ sourceId: z.uuid() });
/** New keys, both; left out, those of before stay. */
export const updateSource = sourceRef.extend({
  ...settings,
  keys: z
    .object({ accessKeyId: z.string().trim().min(1).max(200), secretAccessKey: z.string().trim().min(1).max(400) })
    .optional(),
});

const choice = {
  layout: z
    .string()
    .regex(/^(?:none|tables|folders-\d)$/, 'A layout is none, tables or folders-N.')
    .nullable(),
  names: z.record(className, className.nullable()),
};
export const proposeSource = sourceRef.extend({ layout: choice.layout.default(null), names: choice.names.default({}) });
/** Without a choice labels are read as before. */
export const takeSource = sourceRef.extend({ choice: z.object(choice).optional() });
export const listObjects = sourceRef.extend({
  state: z.enum(OBJECT_STATES),
  after: z.string().max(4000).nullish(),
  limit: z.int().min(1).max(200).default(50),
});
/** A piece of a stroke on what vanished: its images are excluded, or stay. */
export const settleVanished = sourceRef.extend({
  how: z.enum(['exclude', 'keep']),
  strokeId: z.uuid(),
  after: z.string().max(4000).default(''),
});
