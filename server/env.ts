import { z } from 'zod';

const schema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('production'),
  DATABASE_URL: z.string().regex(/^postgres(ql)?:\/\//, 'DATABASE_URL starts with postgres://'),
  PORT: z.coerce.number().int().min(0).max(65535).default(3000),
  HOST: z.string().default('127.0.0.1'),
  PUPIL_DATA: z.string().default('.pupil'),
  /** Signs sessions. Short or guessable secrets are refused. */
  PUPIL_SECRET: z.string().min(32, 'PUPIL_SECRET needs at least 32 characters; leave it unset to have one made.'),
  /** The address people use, when a proxy stands in front. */
  PUPIL_URL: z.url().optional(),
  /** Show an empty installation instead of the demo project. */
  PUPIL_EMPTY: z.enum(['0', '1']).default('0'),
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
  throw new Error(`The server's settings are not usable. ${problems.join('; ')}`);
}
