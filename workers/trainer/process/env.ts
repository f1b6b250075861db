import { z } from 'zod';
import { ENGINE_NAMES } from '#core/run/learning.ts';
import { parseEnv, sharedEnv } from '#core/schemas/env.ts';

const schema = sharedEnv.extend({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
  /** Where tensors run; a run may ask for another one. */
  PUPIL_ENGINE: z.enum([...ENGINE_NAMES, 'auto']).default('auto'),
  /** Cores that training may use; all of them when unset. */
  PUPIL_THREADS: z.coerce.number().int().min(1).max(64).optional(),
});

export type Env = z.infer<typeof schema>;

/** The only place where this process reads its environment. */
export const readEnv = (source: NodeJS.ProcessEnv = process.env): Env => parseEnv('trainer', schema, source);
