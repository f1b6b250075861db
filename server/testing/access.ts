import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportKey, imageKey } from '#core/image/media.ts';
import { getImage, insertImport } from '#db/queries/image/image.ts';
import { insertApiToken } from '#db/queries/people/api-token.ts';
import { startRelay } from '#db/relay.ts';
import { modelExport } from '#db/schema/index.ts';
import { createImages, createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createManyRuns } from '#db/seed/many-runs.ts';
import { createSessionCache } from '../auth/session-cache.ts';
import { hashToken, makeToken } from '../auth/token.ts';
import { createListener } from '../http/listener.ts';
import { createMetrics } from '../http/metrics.ts';
import { createPresence } from '../realtime/presence.ts';
import { announce, createSockets, endAccess } from '../realtime/sockets.ts';
import type { PupilServer } from '../realtime/sockets.ts';
import { changesModel } from '../services/serving/changes-model.ts';
import { createTestServices } from './services.ts';
import type { TestServices } from './services.ts';

/** What there is to be reached, and what a member of the organization must be allowed to do with it. */
export interface Places {
  projectId: string;
  imageId: string;
  importId: string;
  exportId: string;
  runId: string;
}
/** A member with an API token. */
export type Person = Awaited<ReturnType<typeof createMember>> & { token: string };

interface Ask {
  method?: string;
  token?: string;
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
}

/** A server that answers requests and sockets, and everybody who may or may not reach what it holds. */
export interface AccessBench extends TestServices {
  io: PupilServer;
  presence: ReturnType<typeof createPresence>;
  origin: string;
  organizationId: string;
  places: Places;
  people: Record<'outsider' | 'confined' | 'viewer' | 'annotator' | 'lead' | 'owner', Person>;
  enlist(params: Parameters<typeof createMember>[1]): Promise<Person>;
  tokenFor(memberId: string): Promise<string>;
  ask(path: string, options?: Ask): Promise<Response>;
}

export async function openAccessBench(): Promise<AccessBench> {
  const test = await createTestServices();
  const { db, blobs } = test.services;
  const tokenFor = async (memberId: string): Promise<string> => {
    const token = makeToken('pupil_');
    await insertApiToken(db, { memberId, name: 'test', tokenHash: hashToken(token) });
    return token;
  };
  const enlist = async (params: Parameters<typeof createMember>[1]): Promise<Person> => {
    const member = await createMember(db, params);
    return { ...member, token: await tokenFor(member.memberId) };
  };
  const organizationId = await createOrganization(db);
  const elsewhere = await createOrganization(db, 'Elsewhere');
  const people = {
    outsider: await enlist({ organizationId: elsewhere, role: 'owner' }),
    confined: await enlist({ organizationId, role: 'lead', projectIds: [] }),
    viewer: await enlist({ organizationId, role: 'viewer' }),
    annotator: await enlist({ organizationId, role: 'annotator' }),
    lead: await enlist({ organizationId, role: 'lead' }),
    owner: await enlist({ organizationId, role: 'owner' }),
  };
  const project = await createProject(db, { organizationId });
  const [imageId = ''] = await createImages(db, { projectId: project.id, count: 2 });
  const { contentHash, bytes } = await getImage(db, project.id, imageId);
  await blobs.put(imageKey(project.id, contentHash), Buffer.alloc(bytes));
  const started = await insertImport(db, { projectId: project.id, createdBy: people.lead.memberId, name: 'labels' });
  const [runId = ''] = await createManyRuns(db, {
    projectId: project.id,
    memberId: people.lead.memberId,
    classIds: [],
    count: 1,
  });
  const exportId = randomUUID();
  await blobs.put(exportKey(project.id, exportId), Buffer.from('zip'));
  await db.insert(modelExport).values({
    id: exportId,
    projectId: project.id,
    kind: 'model',
    format: 'onnx',
    status: 'ready',
    blobKey: exportKey(project.id, exportId),
    bytes: 3,
  });

  const http = createServer(
    createListener({
      services: test.services,
      metrics: createMetrics(test.services),
      pages: async (_req, res) => void res.writeHead(404).end('no page'),
    }),
  );
  const sessions = createSessionCache();
  test.services.sessions = sessions;
  const presence = createPresence(test.services);
  const io = createSockets(test.services, http, { hooks: presence.hooks });
  presence.start(io);
  const relay = startRelay({
    url: test.url,
    log: test.services.log,
    onGap: () => undefined,
    onEvent: (event) => {
      if (event.name === 'member:changed') sessions.clear();
      if (changesModel(event)) test.services.models.forget(event.projectId);
      announce(io, event);
    },
    onServerEvent: (event) => {
      if (event.name !== 'access:ended') return presence.hear(event);
      sessions.end(event.accessId);
      endAccess(io, event.accessId);
    },
  });
  await relay.ready;
  await new Promise<void>((done) => http.listen(0, '127.0.0.1', done));
  const origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    ...test,
    io,
    presence,
    origin,
    organizationId,
    places: { projectId: project.id, imageId, importId: started.id, exportId, runId },
    people,
    enlist,
    tokenFor,
    ask: (path, { method, token, headers, body } = {}) =>
      fetch(`${origin}${path}`, {
        method: method ?? 'GET',
        body: body ?? null,
        headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
      }),
    close: async () => {
      await relay.stop();
      await presence.stop();
      await io.close();
      await test.close();
    },
  };
}
