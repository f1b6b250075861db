import { z } from 'zod';
import { className, colour, hotkey } from './project.ts';

export const createClasses = z.object({ names: z.array(className).min(1).max(1000) });
export const updateClass = z.object({
  classId: z.uuid(),
  name: className.optional(),
  colour: colour.optional(),
  hotkey: hotkey.nullable().optional(),
  position: z.int().min(0).max(10_000).optional(),
});
