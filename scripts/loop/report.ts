import type { RoundMetrics, RoundRole } from '#core/run/learning.ts';
import { roundName } from '#core/run/run.ts';
import type { RoundState } from '#db/queries/round/round-write.ts';

/** One row of `--json`; accuracies are shares, null where nothing was measured. */
export interface LoopRound {
  round: number;
  role: RoundRole;
  /** Which of several teachers, from 0. */
  member: number;
  model: string;
  parameters: number | null;
  labeled: number;
  pseudo: number;
  /** Share of accepted pseudo-labels that are true; only this command can know. */
  pseudoPrecision: number | null;
  /** Share of the pool images without a label in the round that its model gets right. */
  poolAccuracy: number | null;
  /**
   * The same of its control arm, which has the same labels: the gain on thousands of images that neither learned the
   * answer of, without a look at test. Known where control arms teach too.
   */
  controlPoolAccuracy: number | null;
  reviewed: number;
  valAccuracy: number | null;
  valInterval: [number, number] | null;
  testAccuracy: number | null;
  controlTestAccuracy: number | null;
  verdict: string | null;
  seconds: number;
}

export interface LoopResult {
  engine: string;
  /** The rounds in words, and why these where the product chose. */
  chain: string[];
  why: string[];
  seconds: number;
  /** Of the run alone, and what was expected of it before. */
  run: { seconds: number; expected: number };
  labels: { seed: number; validation: number; review: number };
  rounds: LoopRound[];
  export: string | null;
}

/** What the loop knows of a round beside what is stored with it. */
export interface RoundTruth {
  pseudoPrecision: number | null;
  poolAccuracy: number | null;
}

/** Rounds as the result shows them: a control arm stands as a figure in its counterpart's row. */
export function listLoopRounds(states: readonly RoundState[], truths: ReadonlyMap<string, RoundTruth>): LoopRound[] {
  return states
    .filter(({ role }) => role !== 'control')
    .map((state) => {
      const metrics: RoundMetrics | null = state.metrics;
      const control = states.find(({ role, index }) => role === 'control' && index === state.index);
      const truth = truths.get(state.id);
      return {
        round: state.index,
        role: state.role,
        member: state.member,
        model: state.model,
        parameters: metrics?.parameters ?? null,
        labeled: state.labeledCount,
        pseudo: metrics?.pseudo ?? 0,
        pseudoPrecision: truth?.pseudoPrecision ?? null,
        poolAccuracy: truth?.poolAccuracy ?? null,
        controlPoolAccuracy: (control ? truths.get(control.id)?.poolAccuracy : null) ?? null,
        reviewed: state.reviewed,
        valAccuracy: metrics?.valAccuracy ?? null,
        valInterval: metrics?.valInterval ?? null,
        testAccuracy: metrics?.testAccuracy ?? null,
        controlTestAccuracy: control?.metrics?.testAccuracy ?? null,
        verdict: state.verdict,
        seconds: Math.round(metrics?.seconds ?? 0),
      };
    });
}

const percent = (share: number | null): string => (share === null ? '–' : `${(share * 100).toFixed(1)}%`);

const COLUMNS: [string, (row: LoopRound) => string][] = [
  ['round', (row) => roundName({ index: row.round, role: row.role, member: row.member }).toLowerCase()],
  ['model', (row) => row.model],
  ['labeled', (row) => String(row.labeled)],
  ['pseudo', (row) => String(row.pseudo)],
  ['pseudo right', (row) => percent(row.pseudoPrecision)],
  ['pool', (row) => percent(row.poolAccuracy)],
  ['control pool', (row) => percent(row.controlPoolAccuracy)],
  ['reviewed', (row) => String(row.reviewed)],
  [
    'validation',
    (row) =>
      row.valAccuracy === null
        ? '–'
        : `${percent(row.valAccuracy)} ` +
          `(${(row.valInterval ?? [0, 1]).map((bound) => (bound * 100).toFixed(0)).join('–')})`,
  ],
  ['test', (row) => percent(row.testAccuracy)],
  ['control test', (row) => percent(row.controlTestAccuracy)],
  ['verdict', (row) => row.verdict ?? '–'],
  ['seconds', (row) => String(row.seconds)],
];

/** A table for the terminal. */
export function formatRounds(rows: readonly LoopRound[]): string {
  const cells = [COLUMNS.map(([title]) => title), ...rows.map((row) => COLUMNS.map(([, show]) => show(row)))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column]?.length ?? 0)));
  return cells.map((line) => line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')).join('\n');
}
