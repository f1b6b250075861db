import { z } from 'zod';
import { LANGUAGES } from '../text/languages.ts';

/** Text that people read: trimmed, no control characters, bounded. */
export const plainText = (max: number) =>
  z
    .string()
    .normalize('NFC')
    .trim()
    .min(1, 'Write something here.')
    .max(max, `At most ${max} characters.`)
    .refine((text) => !hasControlCharacter(text), 'Control characters are not allowed.');

function hasControlCharacter(text: string): boolean {
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 32 || code === 127) return true;
  }
  return false;
}

/** A text in further languages; an empty one takes a language away, one that is not named stays (TEXT-16). */
export const translations = (max: number) => z.partialRecord(z.enum(LANGUAGES), z.string().max(max));

export const className = plainText(100);
export const projectName = plainText(120);
export const colour = z.string().regex(/^#[0-9a-f]{6}$/, 'A colour is #rrggbb.');
/** One printable key; letters are kept in lower case. */
export const hotkey = z.string().regex(/^[0-9a-z]$/, 'A hotkey is one digit or lower-case letter.');

export const augmentationPolicy = z
  .object({
    flipHorizontal: z.boolean(),
    flipVertical: z.boolean(),
    colour: z.boolean(),
    rotation: z.number().min(0).max(180),
    operations: z.int().min(0).max(4),
    magnitude: z.number().min(0).max(10),
    probability: z.number().min(0).max(1),
    cutout: z.int().min(0).max(112),
  })
  .meta({ id: 'AugmentationPolicy' });

export const projectSettings = z.object({
  overlap: z.int().min(1).max(9),
  overlapOnDisagreement: z.int().min(0).max(9),
  keepOriginals: z.boolean().optional(),
  validationShare: z.number().min(0).max(0.5),
  testShare: z.number().min(0).max(0.5),
  batchSize: z.int().min(1).max(50),
  hotkeyLayout: z.enum(['numbers', 'letters', 'one-handed']),
  guess: z.enum(['before', 'after', 'never']),
  hiddenGuessShare: z.number().min(0).max(1),
  goldShare: z.number().min(0).max(0.5),
  goldPauseBelow: z.number().min(0).max(1),
  order: z.enum(['random', 'typical', 'model']),
  augmentation: augmentationPolicy,
  licence: z.string().trim().max(500),
  intendedUse: z.string().trim().max(2000),
  backboneId: z.uuid().nullable(),
});

export const createProject = z.object({
  name: projectName,
  description: z.string().max(2000).default(''),
  classes: z.array(className).max(1000).default([]),
  grayscale: z.boolean().default(false),
});

export const updateProject = z.object({
  name: projectName.optional(),
  description: z.string().max(2000).optional(),
  guidelines: z.string().max(50_000).optional(),
  guidelinesIn: translations(50_000).optional(),
  status: z.enum(['active', 'paused', 'archived']).optional(),
  settings: projectSettings.partial().optional(),
});
