/** The run as a state machine: its transition table is data. */
import type { Verdict, RoundRole } from './learning.ts';

export const RUN_STATUSES = [
  'queued',
  'training',
  'waiting-review',
  'paused',
  'cancelled',
  'failed',
  'finished',
] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export type RunCommand = 'claim' | 'wait' | 'go-on' | 'pause' | 'resume' | 'cancel' | 'fail' | 'finish' | 'release';

const TABLE: Record<RunStatus, Partial<Record<RunCommand, RunStatus>>> = {
  queued: { claim: 'training', pause: 'paused', cancel: 'cancelled', fail: 'failed' },
  training: {
    claim: 'training',
    wait: 'waiting-review',
    pause: 'paused',
    cancel: 'cancelled',
    fail: 'failed',
    finish: 'finished',
    release: 'queued',
  },
  'waiting-review': { 'go-on': 'queued', pause: 'paused', cancel: 'cancelled' },
  paused: { resume: 'queued', cancel: 'cancelled' },
  cancelled: { resume: 'queued' },
  failed: { resume: 'queued' },
  finished: {},
};

/** The status after a command, or null when the command is not allowed. */
export const nextRunStatus = (status: RunStatus, command: RunCommand): RunStatus | null =>
  TABLE[status][command] ?? null;

export const isRunEnded = (status: RunStatus): boolean =>
  status === 'finished' || status === 'cancelled' || status === 'failed';
export const isRunActive = (status: RunStatus): boolean =>
  status === 'queued' || status === 'training' || status === 'waiting-review';

/** Statuses from which a command is allowed; the WHERE clause of the one UPDATE that carries it out. */
export const statusesAllowing = (command: RunCommand): RunStatus[] =>
  RUN_STATUSES.filter((status) => TABLE[status][command] !== undefined);

export const ROUND_STAGES = [
  'waiting',
  'embedding',
  'predicting',
  'selecting',
  'training',
  'evaluating',
  'doubting',
  'control',
  'judging',
  'testing',
  'done',
] as const;
/** Where a round stands; `embedding` and `testing` are told as progress only, and stored nowhere. */
export type RoundStage = (typeof ROUND_STAGES)[number];

/** Where a round stands in its run: what it is called by. */
export interface RoundPlace {
  index: number;
  role: RoundRole;
  member: number;
}

/** "Teacher", "Teacher 2", "Student 2", "Control 2", "Distilled": how a round is called everywhere. */
export function roundName({ index, role, member }: RoundPlace): string {
  if (role === 'teacher') return member === 0 ? 'Teacher' : `Teacher ${member + 1}`;
  if (role === 'distilled') return 'Distilled';
  return `${role === 'student' ? 'Student' : 'Control'} ${index}`;
}

/**
 * The final model of a run, the one to take along: its newest finished round that stands accepted, be it a student or
 * what was distilled from it; the last teacher, which always stands, where none does. Null before a round is done.
 */
export const finalRound = <T extends RoundPlace & { stage: string; verdict: Verdict | null }>(
  rounds: readonly T[],
): T | null =>
  rounds
    .filter(
      ({ role, stage, verdict }) =>
        stage === 'done' && (role === 'teacher' || (role !== 'control' && verdict === 'accept')),
    )
    .toSorted((a, b) => b.index - a.index || b.member - a.member)[0] ?? null;
