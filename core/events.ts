import type { TrainPoint } from './run/learning.ts';
import type { RoundStage, RunStatus } from './run/run.ts';
import type { ReviewReason } from './project/project.ts';

/**
 * Domain events: what happened, past tense, as ids and small figures. Written with pg_notify inside the writer's
 * transaction, relayed by every server to the rooms that may see them. They announce; the truth is in the database.
 */
export type DomainEvent =
  | { name: 'annotation:submitted'; projectId: string; imageId: string; memberId: string; source: string }
  | { name: 'image:imported'; projectId: string; importId: string; done: number; failed: number; total: number | null }
  | { name: 'import:ended'; projectId: string; importId: string }
  /** A source was added, set, looked at or taken from; the figures are asked for. */
  | { name: 'source:changed'; projectId: string; sourceId: string }
  | { name: 'project:changed'; projectId: string }
  /** Images left, came back, changed their split or their tags. */
  | { name: 'images:changed'; projectId: string }
  | { name: 'class:changed'; projectId: string }
  | { name: 'member:changed'; organizationId: string; userId: string; memberId: string; removed: boolean }
  | { name: 'review:arrived'; projectId: string; runId: string; itemIds: string[]; reason: ReviewReason }
  | { name: 'review:answered'; projectId: string; itemId: string; imageId: string; memberId: string }
  | { name: 'run:changed'; projectId: string; runId: string; status: RunStatus }
  /** Its name, notes or tags are others, or it was archived or taken back. */
  | { name: 'run:described'; projectId: string; runId: string }
  | { name: 'run:deleted'; projectId: string; runId: string }
  | {
      name: 'round:progressed';
      projectId: string;
      runId: string;
      roundId: string;
      stage: RoundStage;
      done: number;
      total: number;
      secondsLeft: number | null;
    }
  | { name: 'round:curve'; projectId: string; runId: string; roundId: string; point: TrainPoint }
  | { name: 'round:ended'; projectId: string; runId: string; roundId: string }
  /** `mentioned`: the users whom it names; they hear of it on whatever page. */
  | {
      name: 'comment:created';
      projectId: string;
      imageId: string;
      commentId: string;
      memberId: string;
      mentioned: string[];
    }
  /** `notified`: users to whom the bell has something new to tell, on whatever page. */
  | { name: 'notification:created'; projectId: string; kind: string; notified: string[] }
  | { name: 'snapshot:created'; projectId: string; snapshotId: string }
  | { name: 'snapshot:described'; projectId: string; snapshotId: string }
  | { name: 'export:ready'; projectId: string; exportId: string }
  /** Another round predicts; null: whichever stands best. */
  | { name: 'serving:changed'; projectId: string; roundId: string | null }
  | { name: 'trainer:changed'; trainerId: string }
  /** Some images were embedded; the figures are asked for. */
  | { name: 'features:progressed'; projectId: string }
  /** The live teacher has learned anew: order, guesses and figures are new. */
  | { name: 'teacher:refitted'; projectId: string; version: number; labels: number }
  /** How far a backbone is fetched, bytes; a model of several files comes file by file. */
  | {
      name: 'backbone:progressed';
      projectId: string;
      memberId: string;
      file: number;
      files: number;
      done: number;
      total: number | null;
      bytesPerSecond: number | null;
    }
  /** Nets from scratch were tried: what is recommended rests on new figures. */
  | { name: 'trial:ended'; projectId: string };

export type DomainEventName = DomainEvent['name'];
export type DomainEventOf<N extends DomainEventName> = Extract<DomainEvent, { name: N }>;

/** Where a member is and what they look at; never stored. */
export interface Presence {
  memberId: string;
  userId: string;
  name: string;
  page: 'label' | 'review' | 'grid' | 'gallery' | 'runs' | 'other';
  imageId: string | null;
}

export interface ServerToClientEvents {
  event: (event: DomainEvent) => void;
  /** Many of one moment, in their order: what a busy team does, without a message for each. */
  events: (events: DomainEvent[]) => void;
  presence: (projectId: string, members: Presence[]) => void;
  /** Access ended: the client leaves the page. */
  'access:revoked': (organizationId: string) => void;
}

export interface ClientToServerEvents {
  'project:join': (projectId: string, reply: (ok: boolean) => void) => void;
  'project:leave': (projectId: string) => void;
  'presence:set': (projectId: string, page: Presence['page'], imageId: string | null) => void;
}

/** What servers tell one another; never passed on to a browser, a webhook or a program. */
export type ServerEvent =
  /** A session was signed out or an API token revoked: whatever rests on it ends. */
  | { name: 'access:ended'; accessId: string }
  /** Windows that came, moved or (null) left at one server. */
  | { name: 'presence:moved'; serverId: string; projectId: string; windows: Record<string, Presence | null> }
  /** A server lives; one that is not heard any more has nobody on it. */
  | { name: 'presence:alive'; serverId: string }
  /** A server has just started to listen: the others tell it who they have. */
  | { name: 'presence:asked'; serverId: string };

/** The Postgres channel that domain events travel on. */
export const EVENT_CHANNEL = 'pupil_event';
/** The one between servers. A trigger on session writes to it by this name. */
export const SERVER_CHANNEL = 'pupil_server';
