import { z } from 'zod';
import { className, colour, hotkey, translations } from './project.ts';

export const createClasses = z.object({ names: z.array(className).min(1).max(1000) });
export const updateClass = z.object({
  classId: z.uuid(),
  name: className.optional(),
  colour: colour.optional(),
  hotkey: hotkey.nullable().optional(),
  position: z.int().min(0).max(10_000).optional(),
  description: z.string().trim().max(2000).optional(),
  descriptionIn: translations(2000).optional(),
  exampleIds: z.array(z.uuid()).max(12).optional(),
});
export const classRef = z.object({ classId: z.uuid() });
export const mergeClass = z.object({ classId: z.uuid(), intoId: z.uuid() });
/** All classes of the project in their new order. */
export const orderClasses = z.object({ classIds: z.array(z.uuid()).min(1).max(10_000) });
