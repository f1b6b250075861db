import { z } from 'zod';
import { SPLITS } from '../project/project.ts';
import { isErrorKey } from '../text/in-english.ts';
import type { Said } from '../text/said.ts';
import { bulkImages } from './labeling.ts';
import { className, plainText } from './project.ts';

const optional = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .transform((text) => (text === '' ? null : text))
    .nullable()
    .default(null);

/** Where images lie below a prefix of a bucket, and by which keys. */
export const bucketPlace = {
  bucket: z
    .string()
    .trim()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, 'A bucket name has 3 to 63 small letters, digits, dots and hyphens.'),
  /** Folder in the bucket; empty: all of it. */
  prefix: z
    .string()
    .max(900)
    .transform((text) => text.replace(/^\/+/, ''))
    .default(''),
  /** Of a service other than AWS. */
  endpoint: optional(300).pipe(
    z.url({ protocol: /^https?$/, error: 'The endpoint is an address such as https://s3.example.org.' }).nullable(),
  ),
  region: z
    .string()
    .trim()
    .regex(/^[a-z0-9-]{1,40}$/, 'A region is written like eu-central-1.')
    .default('us-east-1'),
  accessKeyId: optional(200),
  secretAccessKey: optional(400),
};

export const hasBothKeys = (place: { accessKeyId: string | null; secretAccessKey: string | null }): boolean =>
  (place.accessKeyId === null) === (place.secretAccessKey === null);

/**
 * Images below a prefix of a bucket. The keys are for this import alone: they are held in memory and written nowhere.
 */
export const importBucket = z.object({ ...bucketPlace, folderLabels: z.boolean().default(false) }).refine(hasBothKeys, {
  message: 'Give both keys, or neither for a public bucket.',
  path: ['secretAccessKey'],
});

export const startImport = z.object({
  name: plainText(200),
  total: z.int().min(0).max(1_000_000).nullable(),
  /** Classes that its proposal told, in their order. */
  classes: z.array(className).max(5000).default([]),
});

/** Names and label files of an upload, to be told what they would be understood as. */
export const proposeImport = z.object({
  paths: z.array(z.string().min(1).max(1000)).max(50_000),
  labelFiles: z
    .array(z.object({ path: z.string().min(1).max(1000), text: z.string().max(4_000_000) }))
    .max(50)
    .default([]),
  layout: z
    .string()
    .regex(/^(?:none|tables|folders-\d)$/, 'A layout is none, tables or folders-N.')
    .nullable()
    .default(null),
  names: z.record(className, className.nullable()).default({}),
});

const word = z.union([z.string().max(500), z.number()]);
const sentence = (values: z.ZodType) =>
  z.object({ key: z.string().max(80), values: z.record(z.string().max(40), values) });
/** A sentence by its key, with others in it; one that is not ours is refused. */
const said = sentence(z.union([word, sentence(z.union([word, sentence(word)]))]))
  .refine(({ key }) => isErrorKey(key), 'There is no such sentence.')
  .transform((one) => one as Said);

/** Gives an import up, with the reason as a sentence for people; where it is one of ours, `said` is what counts. */
export const failImport = z.object({
  importId: z.uuid(),
  message: z
    .string()
    .trim()
    .min(1)
    .transform((text) => text.slice(0, 500)),
  said: said.optional(),
});

export const listLookAlikes = z.object({
  cursor: z.object({ imageId: z.uuid(), twinId: z.uuid() }).nullish(),
  limit: z.int().min(1).max(200).default(60),
});
export const listNearDuplicates = z.object({
  cursor: z.object({ distance: z.number(), imageId: z.uuid(), twinId: z.uuid() }).nullish(),
  limit: z.int().min(1).max(200).default(60),
});
/** `id` names the stroke, so that it can be taken back; without `imageIds` all are moved. */
export const moveLookAlikes = z.object({ id: z.uuid(), imageIds: bulkImages.nullable().default(null) });
/** Images of the pool to be set aside for validation, about. */
export const drawValidation = z.object({ count: z.int().min(1).max(2000) });
export const returnLookAlikes = z.object({ id: z.uuid() });

/** What a file that comes with an image says of it, beside its class and split. */
export const saidOfImage = z.object({
  tags: z.array(plainText(60)).max(100).optional(),
  answers: z
    .array(z.object({ annotator: z.string().min(1).max(320), className }))
    .max(100)
    .optional(),
});

/** The list at the head of a parcel of images. */
export const parcelEntries = z
  .array(
    z.object({
      name: z.string().min(1).max(1000),
      bytes: z.int().min(0),
      className: className.nullish(),
      split: z.enum(SPLITS).nullish(),
      ...saidOfImage.shape,
    }),
  )
  .min(1)
  .max(500);

/** What stands in the address of a file that is sent into an import. */
export const importFile = z.object({
  name: z.string().min(1).max(1000),
  kind: z.enum(['image', 'images', 'zip', 'labels']),
  /** For a zip: use its folders as classes. */
  folderLabels: z.enum(['0', '1']).default('0'),
  /** For a zip: how its labels are read and what its classes are called, as a proposal was accepted. */
  layout: z
    .string()
    .regex(/^(?:none|tables|folders-\d)$/)
    .optional(),
  names: z.string().max(6000).optional(),
  /** For a zip: nothing is stored; the answer is what it was understood as. */
  dryRun: z.enum(['0', '1']).default('0'),
  /** For an image: what the browser read from its folder. */
  className: className.optional(),
  split: z.enum(SPLITS).optional(),
  /** `{tags, answers}` as JSON. */
  said: z.string().max(12_000).default('{}'),
});
