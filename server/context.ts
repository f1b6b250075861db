import type { Pool } from 'pg';
import type { Logger } from 'pino';
import type { Role } from '#core/people/access.ts';
import type { Presence } from '#core/events.ts';
import type { BlobStore } from '#db/blobs/types.ts';
import type { Database } from '#db/client.ts';
import type { Auth } from './auth/auth.ts';
import type { SessionCache } from './auth/session-cache.ts';
import type { Env } from './env.ts';
import type { OriginRule } from './net/origin.ts';
import type { Mailer } from './mail/mailer.ts';
import type { HeldModels } from './services/serving/held-models.ts';
import type { OpenedModel } from './services/serving/opened-model.ts';
import type { Predictor } from './services/serving/predictor.ts';
import type { TeamFigures } from './services/quality/team-figures.ts';

/** What every use case may use; made once by main.ts. */
export interface Services {
  db: Database['db'];
  pool: Pool;
  blobs: BlobStore;
  auth: Auth;
  /** The same, with cookies for https only; `authOf` tells which one serves a request. */
  secureAuth: Auth;
  origins: OriginRule;
  /** Null where nobody hears that an access has ended. */
  sessions: SessionCache | null;
  teamFigures: TeamFigures;
  /** Runs the models that people ask, in a thread of its own. */
  predictor: Predictor;
  /** Which of them answers for a project, for a moment. */
  models: HeldModels<OpenedModel>;
  /** Which pages people have open; null where nobody listens to sockets. */
  windows: {
    worksElsewhere(params: {
      projectId: string;
      memberId: string;
      windowId: string;
      pages: readonly Presence['page'][];
    }): boolean;
  } | null;
  /** Null where the operator named no mail server. */
  mail: Mailer | null;
  /** The address that people use, for links in letters. */
  publicUrl: string;
  log: Logger;
  env: Env;
}

/** Who asks, loaded once by the ladder. */
export interface Actor {
  memberId: string;
  userId: string;
  name: string;
  role: Role;
  organizationId: string;
  /** Sees every project of the organization. */
  allProjects: boolean;
}
