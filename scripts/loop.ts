import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { createMember, createOrganization } from '#db/seed/factories.ts';
import { roundName } from '#core/run/run.ts';
import { insertImport, setImport } from '#db/queries/image/image.ts';
import { listClasses } from '#db/queries/project/project.ts';
import { listRoundStates } from '#db/queries/round/round-write.ts';
import type { Actor } from '#server/context.ts';
import { importImages } from '#server/services/import/import-images.ts';
import { createProject } from '#server/services/project/create-project.ts';
import { startRun } from '#server/services/run/start-run.ts';
import { describeImages } from '#db/queries/image/image-facts.ts';
import { buildConfig } from './loop/config.ts';
import { hideLabels, listLabels, planLabels } from './loop/data-set.ts';
import { exportModel } from './loop/export-model.ts';
import { followRun, formatSeconds } from './loop/follow.ts';
import { readOptions } from './loop/options.ts';
import type { LoopOptions } from './loop/options.ts';
import { createOracle, readLabels, readTruth } from './loop/oracle.ts';
import { openPlatform } from './loop/platform.ts';
import type { Platform } from './loop/platform.ts';
import { formatRounds, listLoopRounds } from './loop/report.ts';
import type { LoopResult } from './loop/report.ts';
import { findBackbones } from './loop/backbone.ts';
import { recommend } from './loop/recommend.ts';
import { chainOf } from '#core/run/chain-of.ts';
import { estimateSeconds, TRAIN_RATE_UNKNOWN } from '#core/run/run-time.ts';
import { countSplits } from '#db/queries/image/split.ts';
import { describeChain } from '#core/chain/chain-words.ts';
import { chooseTypical } from './loop/typical.ts';
import { measureTruth } from './loop/measure-truth.ts';
import { toolHelp } from './setup/tool-help.mjs';

/** Progress goes to standard error, where a person looks; standard output carries the result. */
const say = (text: string): void => void process.stderr.write(`${text}\n`);
const line = (text: string): void => void process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : '');

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  if (args.includes('--help') || args.includes('-h')) return void process.stdout.write(`${toolHelp('loop')}\n`);
  const options = readOptions(args);
  const started = Date.now();
  const opening = openPlatform(options);
  // Asked twice to stop, or while it still starts, we end trainer and database in order, once.
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => (closing ??= opening.then((platform) => platform.close()));
  let stopped = false;
  const stop = (code: number): void => {
    if (stopped) return;
    stopped = true;
    void close().then(() => {
      line('');
      say(options.data ? `Stopped. What was done is in ${options.data}.` : 'Stopped. Nothing is left behind.');
      process.exit(code);
    }, fail);
  };
  process.on('SIGINT', () => stop(130));
  process.on('SIGTERM', () => stop(143));
  try {
    const result = await runLoop(await opening, options, started);
    say(formatRounds(result.rounds));
    if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  } catch (error) {
    if (!stopped) throw error;
    // The database went from under the work because we stopped: that is no news, and the stop ends the process.
    await new Promise(() => undefined);
  } finally {
    await close();
  }
}

async function runLoop(platform: Platform, options: LoopOptions, started: number): Promise<LoopResult> {
  const { services } = platform;
  const { db } = services;
  const files = await listLabels(options.source, (lines) => lines.forEach(say));
  const plan = planLabels(files, {
    validationPerClass: options.validationPerClass,
    seedPerClass: options.select === 'random' ? options.labelsPerClass : 0,
    seed: options.seed,
  });
  const actor = await createActor(platform);
  const { projectId } = await createProject(services, actor, {
    name: basename(options.source),
    description: '',
    classes: plan.classes,
    grayscale: false,
  });
  const created = await insertImport(db, {
    projectId,
    createdBy: actor.memberId,
    name: basename(options.source),
    total: files.length,
  });
  await importImages(
    services,
    {
      importId: created.id,
      projectId,
      memberId: actor.memberId,
      seed: options.seed,
      settings: { validationShare: 0, testShare: 0 },
    },
    hideLabels(options.source, plan),
  );
  await setImport(db, created.id, { status: 'ended', endedAt: new Date() });
  say(
    `imported ${files.length} images of ${plan.classes.length} classes in ` +
      `${Math.round((Date.now() - started) / 1000)} s`,
  );

  const classIds = new Map((await listClasses(db, projectId)).map(({ id, name }) => [name, id]));
  const truth = await readTruth(
    db,
    projectId,
    new Map(files.map(({ name, className }) => [name, className])),
    classIds,
  );
  const oracle = createOracle(services, actor, projectId, truth);
  const images = await describeImages(db, projectId);
  const backbones = options.scratch ? [] : await findBackbones(services, actor, options.backbone);
  if (options.select === 'typical')
    await oracle.label(
      await chooseTypical(platform, {
        projectId,
        count: options.labelsPerClass * plan.classes.length,
        seed: options.seed,
      }),
    );
  // What the product would recommend, unless the person says the rounds.
  const recommended =
    options.chain === null && options.method === null
      ? await recommend(platform, {
          projectId,
          classIds: [...classIds.values()],
          facts: images,
          backbones,
          labels: await readLabels(db, projectId),
          options,
        })
      : null;
  for (const sentence of recommended?.why ?? []) say(sentence);
  const config = buildConfig(options, { ...images, backbones, recommended });
  const chain = describeChain(chainOf(config), new Map(backbones.map(({ backboneId, name }) => [backboneId, name])));
  say(`chain: ${chain.join('; ')}`);
  const engine = await platform.startTrainer();
  say(`training on ${engine.device}, ${engine.threads} ${engine.threads === 1 ? 'thread' : 'threads'}`);
  const splits = await countSplits(db, projectId);
  const expected = estimateSeconds(config, {
    images: splits.pool,
    heldOut: splits.validation + splits.test,
    speeds: {
      trainRate: engine.imagesPerSecond ?? TRAIN_RATE_UNKNOWN,
      embedRates: recommended?.embedRates ?? new Map(),
      held: recommended?.held ?? new Map(),
    },
  });
  say(`the run will take about ${formatSeconds(expected)}`);
  const begun = Date.now();
  const { runId } = await startRun(services, actor, { projectId, config });
  const end = await followRun(
    { services, url: platform.url, runId, oracle },
    {
      line,
      ended: async (roundId) => {
        const states = await listRoundStates(db, runId);
        const state = states.find(({ id }) => id === roundId);
        const metrics = state?.metrics;
        if (state && metrics) {
          line('');
          say(
            `${roundName(state)} (${state.model}): validation ${(metrics.valAccuracy * 100).toFixed(1)}%, ` +
              `${metrics.pseudo} pseudo-labels, ${Math.round(metrics.seconds)} s. ${state.verdictReason ?? ''}`,
          );
        }
      },
    },
  );
  line('');
  if (end.status !== 'finished') throw new Error(`The run ${end.status}: ${end.message ?? 'no reason was stored.'}`);
  say(end.message ?? 'Finished.');
  const took = (Date.now() - begun) / 1000;
  say(`the run took ${formatSeconds(took)}; ${formatSeconds(expected)} were expected`);
  const states = await listRoundStates(db, runId);
  const [exported = null] = await exportModel(platform, {
    projectId,
    runId,
    memberId: actor.memberId,
    out: options.out,
    formats: options.formats,
  });
  return {
    engine: engine.name,
    chain,
    why: recommended?.why ?? [],
    seconds: Math.round((Date.now() - started) / 1000),
    run: { seconds: Math.round(took), expected: Math.round(expected) },
    labels: {
      seed: options.labelsPerClass * plan.classes.length,
      validation: [...plan.split.values()].filter((split) => split === 'validation').length,
      review: states.reduce((sum, { reviewed }) => sum + reviewed, 0),
    },
    rounds: listLoopRounds(states, await measureTruth(db, { states, truth, runId })),
    export: exported,
  };
}

async function createActor(platform: Platform): Promise<Actor> {
  const organizationId = await createOrganization(platform.services.db, 'Loop');
  const member = await createMember(platform.services.db, {
    organizationId,
    role: 'owner',
    name: `Oracle ${randomUUID().slice(0, 8)}`,
  });
  return { ...member, organizationId };
}

function fail(error: unknown): void {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().then(() => process.exit(0), fail);
