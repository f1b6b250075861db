/**
 * Runs as MLflow's file store keeps them, so that `mlflow ui` shows them beside others:
 * `mlruns/<experiment>/<run>/{meta.yaml, params/, metrics/, tags/, artifacts/}`, a file a parameter, metric or tag, a
 * line a point. https://mlflow.org/docs/latest/tracking.html#file-store
 */
import { roundName } from '../run/run.ts';
import type { RunStatus } from '../run/run.ts';
import { runTitle } from './run-book.ts';
import { bookColumns, speakingRound } from './book-table.ts';
import type { BookRun } from './book-table.ts';
import { curveEvents } from './curve-events.ts';
import type { RoundCurve } from './curve-events.ts';
import type { ScalarEvent } from './event-file.ts';
import { settingsOf } from './settings.ts';
import type { SettingNames } from './settings.ts';
import type { RoundPlace } from '../run/run.ts';

export interface TextFile {
  path: string;
  text: string;
}

/** A run with all that its folder holds. */
export interface MlflowSource {
  run: BookRun;
  notes: string;
  rounds: readonly (RoundPlace & RoundCurve & { id: string })[];
}

/** Longest value of a parameter that MLflow reads. */
const VALUE_MOST = 6000;
const ROOT = 'mlruns';

/** MLflow's numbers of a run's state. */
const STATES: Record<RunStatus, number> = {
  queued: 2,
  training: 1,
  'waiting-review': 1,
  paused: 2,
  finished: 3,
  failed: 4,
  cancelled: 5,
};

/** What the columns of the table of runs are called among metrics. */
const FIGURES: Readonly<Record<string, string>> = {
  validation: 'validation/accuracy',
  test: 'test/accuracy',
  control: 'over_control',
  calibration: 'validation/calibration_error',
  labeled: 'labels',
  pseudo: 'pseudo_labels',
};

/** 32 hexadecimal digits, as MLflow's own ids of runs. */
export const mlflowRunId = (id: string): string => id.replaceAll('-', '');

/** A number, as MLflow's own ids of experiments: the same project is the same experiment in every download. */
export const mlflowExperimentId = (projectId: string): string =>
  BigInt(`0x${mlflowRunId(projectId).slice(0, 15)}`).toString();

/** JSON is YAML; each field has a line. */
const yaml = (fields: Readonly<Record<string, string | number | null | readonly []>>): string =>
  Object.entries(fields)
    .map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
    .join('');

const oneLine = (text: string): string => text.replaceAll(/\s+/gu, ' ').trim();

/** As Python reads numbers. */
const python = (value: number): string =>
  Number.isNaN(value) ? 'nan' : Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf';

/** What a project's runs stand under. */
export const mlflowExperiment = (project: { id: string; name: string; createdAt: Date }): TextFile => {
  const id = mlflowExperimentId(project.id);
  return {
    path: `${ROOT}/${id}/meta.yaml`,
    text: yaml({
      artifact_location: `${ROOT}/${id}`,
      creation_time: project.createdAt.getTime(),
      experiment_id: id,
      last_update_time: project.createdAt.getTime(),
      lifecycle_stage: 'active',
      name: project.name,
    }),
  };
};

interface RunFolder {
  id: string;
  name: string;
  by: string;
  state: number;
  from: Date;
  to: Date | null;
  params: Readonly<Record<string, string>>;
  tags: Readonly<Record<string, string>>;
  events: readonly ScalarEvent[];
}

function runFolder(projectId: string, { id, name, by, state, from, to, params, tags, events }: RunFolder): TextFile[] {
  const experiment = mlflowExperimentId(projectId);
  const folder = `${ROOT}/${experiment}/${id}`;
  const metrics = new Map<string, string[]>();
  for (const { step, seconds, values } of events)
    for (const [key, value] of Object.entries(values)) {
      const line = `${Math.round(seconds * 1000)} ${python(value)} ${step}\n`;
      const lines = metrics.get(key);
      if (lines) lines.push(line);
      else metrics.set(key, [line]);
    }
  const files = (kind: string, values: Readonly<Record<string, string>>): TextFile[] =>
    Object.entries(values).map(([key, text]) => ({ path: `${folder}/${kind}/${key}`, text }));
  return [
    {
      path: `${folder}/meta.yaml`,
      text: yaml({
        artifact_uri: `${folder}/artifacts`,
        end_time: to?.getTime() ?? null,
        entry_point_name: '',
        experiment_id: experiment,
        lifecycle_stage: 'active',
        run_id: id,
        run_name: name,
        run_uuid: id,
        source_name: '',
        source_type: 4,
        source_version: '',
        start_time: from.getTime(),
        status: state,
        tags: [],
        user_id: by,
      }),
    },
    ...files('params', params),
    ...files('tags', { 'mlflow.runName': name, 'mlflow.user': by, ...tags }),
    ...[...metrics].map(([key, lines]) => ({ path: `${folder}/metrics/${key}`, text: lines.join('') })),
  ];
}

/** The figures that the table of runs shows of a run, with the ends of their intervals. */
function figuresOf(run: BookRun, names: SettingNames): Record<string, number> {
  const figures: Record<string, number> = {};
  for (const { key, cell } of bookColumns([run], names)) {
    const { number, interval } = cell(run);
    const name = FIGURES[key];
    if (name === undefined || number === null) continue;
    figures[name] = number;
    if (interval) [figures[`${name}_low`], figures[`${name}_high`]] = interval;
  }
  return figures;
}

/**
 * A run as one of MLflow's, with its settings and the figures of its final model, and each round as one below it, with
 * its curves.
 */
export function mlflowRun(projectId: string, { run, notes, rounds }: MlflowSource, names: SettingNames): TextFile[] {
  const id = mlflowRunId(run.id);
  const by = run.createdByName ?? '';
  const from = run.startedAt ?? run.createdAt;
  const to = run.endedAt;
  const speaking = speakingRound(run);
  const shown = rounds.find((one) => one.id === speaking?.id);
  const params = Object.fromEntries(
    settingsOf(run.config, names).map(({ key, value, number }) => [
      key,
      number === null || value === 'yes' || value === 'no' ? oneLine(value).slice(0, VALUE_MOST) : String(number),
    ]),
  );
  const parent = runFolder(projectId, {
    id,
    name: runTitle(run),
    by,
    state: STATES[run.status],
    from,
    to,
    params,
    tags: {
      'mlflow.source.name': 'Pupil',
      'pupil.run': String(run.number),
      'pupil.status': run.status,
      ...(run.tags.length > 0 ? { 'pupil.tags': run.tags.join(', ') } : {}),
      ...(notes === '' ? {} : { 'mlflow.note.content': notes }),
      ...(run.archivedAt === null ? {} : { 'pupil.archived': 'yes' }),
      ...(speaking === null ? {} : { 'pupil.figures_of': roundName(speaking) }),
    },
    events: [
      {
        step: speaking?.index ?? 0,
        seconds: (shown?.endedAt ?? to ?? from).getTime() / 1000,
        values: figuresOf(run, names),
      },
    ],
  });
  const config = {
    path: `${ROOT}/${mlflowExperimentId(projectId)}/${id}/artifacts/settings.json`,
    text: `${JSON.stringify(run.config, null, 2)}\n`,
  };
  const children = rounds.flatMap((round) =>
    runFolder(projectId, {
      id: mlflowRunId(round.id),
      name: `${runTitle(run)}, ${roundName(round)}`,
      by,
      state: round.endedAt ? 3 : 1,
      from: round.startedAt ?? from,
      to: round.endedAt,
      params: { round: String(round.index), role: round.role },
      tags: { 'mlflow.parentRunId': id, 'mlflow.source.name': 'Pupil' },
      events: curveEvents(round, run.createdAt).events,
    }),
  );
  return [...parent, config, ...children];
}
