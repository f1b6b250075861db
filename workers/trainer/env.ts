import { z } from 'zod';
import { ENGINE_NAMES } from '#core/learning.ts';

const schema = z.object({
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'DATABASE_URL starts with postgres://'),
  PUPIL_DATA: z.string().default('.pupil'),
  /** Where tensors run; a run may ask for another one. */
  PUPIL_ENGINE: z.enum([...ENGINE_NAMES, 'auto']).default('auto'),
  /** Cores that training may use; all of them when unset. */
  PUPIL_THREADS: z.coerce.number().int().min(1).max(64).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  S3_ENDPOINT: z.string().optional(),
  S3_BUCKET: z.string().optional(),
  S3_REGION: z.string().optional(),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
});

export type Env = z.infer<typeof schema>;

/** The only place where this process reads its environment. */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const parsed = schema.safeParse(source);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  throw new Error(`The trainer's settings are not usable. ${problems.join('; ')}`);
}

/** The bucket's settings, when one is configured. */
export const s3Options = (env: Env) =>
  env.S3_BUCKET
    ? { endpoint: env.S3_ENDPOINT, bucket: env.S3_BUCKET, region: env.S3_REGION, accessKeyId: env.S3_ACCESS_KEY_ID, secretAccessKey: env.S3_SECRET_ACCESS_KEY }
    : null;
