import type { inferRouterOutputs } from '@trpc/server';
import { z } from 'zod';
import { ROUND_ROLES } from '#core/run/learning.ts';
import { ROLES } from '#core/people/access.ts';
import { SPLITS } from '#core/project/project.ts';
import { ROUND_STAGES, RUN_STATUSES } from '#core/run/run.ts';
import { projectSettings } from '#core/schemas/project.ts';
import { runConfig } from '#core/schemas/run-commands.ts';
import type { AppRouter } from '../trpc/router.ts';

/**
 * What programs may rest on in the answers of procedures: fields that stay. An answer may hold more. Procedures that
 * are not named here answer what the pages need, which may change.
 */
const id = z.uuid();
const time = z.iso.datetime();
const share = z.number().min(0).max(1);
const count = z.int().min(0);
const nothing = z.null().optional();

const projectClass = z
  .object({ id, name: z.string(), colour: z.string(), hotkey: z.string().nullable(), position: z.int() })
  .meta({ id: 'ProjectClass' });

const importRow = z
  .object({
    id,
    name: z.string(),
    status: z.enum(['running', 'ended', 'failed']),
    total: count.nullable(),
    imported: count,
    duplicates: count,
    failed: count,
    labeled: count,
    newBySplit: z.partialRecord(z.enum([...SPLITS]), count),
    labeledByClass: z.record(id, count),
    errors: z.array(z.object({ file: z.string(), message: z.string() }).meta({ id: 'ImportProblem' })),
  })
  .meta({ id: 'Import' });

const metrics = z
  .object({
    labeled: count,
    pseudo: count,
    valAccuracy: share,
    valInterval: z.tuple([share, share]),
    valCount: count,
    temperature: z.number(),
    testAccuracy: share.nullable(),
    testCount: count.nullable(),
    parameters: count,
    seconds: z.number(),
    steps: count,
  })
  .meta({ id: 'RoundMetrics' });

const round = z
  .object({
    id,
    index: z.int(),
    role: z.enum([...ROUND_ROLES]),
    member: z.int(),
    model: z.string(),
    stage: z.enum([...ROUND_STAGES]),
    labeledCount: count,
    metrics: metrics.nullable(),
    verdict: z.enum(['accept', 'hold', 'roll-back']).nullable(),
    verdictReason: z.string().nullable(),
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'Round' });

const run = z
  .object({
    id,
    number: z.int(),
    name: z.string(),
    notes: z.string(),
    tags: z.array(z.string()),
    status: z.enum([...RUN_STATUSES]),
    message: z.string().nullable(),
    classIds: z.array(id),
    rounds: z.array(round),
    createdAt: time,
    startedAt: time.nullable(),
    endedAt: time.nullable(),
  })
  .meta({ id: 'Run' });

const recommendation = z
  .object({ why: z.array(z.string()), seconds: z.number(), trying: z.boolean() })
  .meta({ id: 'Recommendation' });

const answers = {
  'people.me': z
    .object({
      userId: z.string(),
      name: z.string(),
      email: z.string(),
      memberships: z.array(
        z
          .object({ memberId: id, organizationId: id, organizationName: z.string(), role: z.enum([...ROLES]) })
          .meta({ id: 'Membership' }),
      ),
    })
    .meta({ id: 'Me' })
    .nullable(),
  'project.list': z.array(
    z
      .object({ id, name: z.string(), description: z.string(), status: z.string(), images: count, labeled: count })
      .meta({ id: 'ListedProject' }),
  ),
  'project.create': z.object({ projectId: id }).meta({ id: 'CreatedProject' }),
  'project.get': z
    .object({
      id,
      organizationId: id,
      name: z.string(),
      description: z.string(),
      status: z.string(),
      settings: projectSettings.partial().meta({ id: 'ProjectSettings' }),
      classes: z.array(projectClass),
    })
    .meta({ id: 'Project' }),
  'project.update': nothing,
  'project.addClasses': z.array(projectClass),
  'image.startImport': z.object({ id }).meta({ id: 'StartedImport' }),
  'image.getImport': importRow,
  'image.endImport': importRow,
  'image.failImport': importRow,
  'run.readiness': z
    .object({
      ready: z.boolean(),
      missing: z.array(z.string()),
      unlabeled: count,
      heldOut: count,
      classes: z.array(
        z.object({ id, name: z.string(), pool: count, validation: count, test: count }).meta({ id: 'ReadyClass' }),
      ),
    })
    .meta({ id: 'Readiness' }),
  'run.plan': z.object({ config: runConfig, recommendation }).meta({ id: 'RunPlan' }),
  'run.start': z
    .object({ runId: id, number: z.int(), sweepId: id.nullable(), runs: z.int() })
    .meta({ id: 'StartedRun' }),
  'run.list': z.array(run),
  'run.get': run,
  'run.curve': z.array(
    z
      .object({
        roundId: id,
        step: z.int(),
        lossLabeled: z.number(),
        lossPseudo: z.number().nullable(),
        imagesPerSecond: z.number(),
        valAccuracy: share.nullable(),
      })
      .meta({ id: 'CurvePoint' }),
  ),
  'run.control': z.object({ status: z.enum([...RUN_STATUSES]) }).meta({ id: 'RunState' }),
  'run.describe': nothing,
  'serving.get': z
    .object({
      now: z
        .object({
          roundId: id,
          title: z.string(),
          promoted: z.boolean(),
          accuracy: share.nullable(),
          interval: z.tuple([share, share]).nullable(),
        })
        .meta({ id: 'ServingRound' })
        .nullable(),
      mayRollBack: z.boolean(),
    })
    .meta({ id: 'Serving' }),
  'serving.promote': nothing,
  'serving.rollBack': nothing,
  'export.requestModel': z.object({ exportId: id }).meta({ id: 'RequestedExport' }),
  'export.listModels': z.array(
    z
      .object({
        id,
        format: z.string(),
        status: z.string(),
        message: z.string().nullable(),
        bytes: count.nullable(),
        sha256: z.string().nullable(),
        roundId: id.nullable(),
        title: z.string(),
      })
      .meta({ id: 'ModelExport' }),
  ),
  'export.createSnapshot': z.object({ id, count }).meta({ id: 'CreatedSnapshot' }),
  'export.listSnapshots': z.array(
    z.object({ id, name: z.string(), note: z.string(), count, createdAt: time }).meta({ id: 'Snapshot' }),
  ),
};

/** As it is after its way through JSON. */
type Sent<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? T extends readonly [unknown, unknown]
      ? { [K in keyof T]: Sent<T[K]> }
      : Sent<E>[]
    : T extends object
      ? { [K in keyof T]: Sent<T[K]> }
      : T extends void
        ? undefined
        : T;
type Outputs = inferRouterOutputs<AppRouter>;
type OutputOf<P> = P extends `${infer R extends keyof Outputs}.${infer N}`
  ? N extends keyof Outputs[R]
    ? Outputs[R][N]
    : never
  : never;
/** Paths whose procedure does not answer what is said of it. */
type Untrue<T extends Record<string, z.ZodType>> = {
  [P in keyof T]: Sent<OutputOf<P>> extends z.infer<T[P]> ? never : P;
}[keyof T];
type True<T extends Record<string, z.ZodType>> = [Untrue<T>] extends [never] ? T : { untrue: Untrue<T> };

/** By path; the compiler holds each to what its procedure answers. */
export const ANSWERS: True<typeof answers> = answers;
