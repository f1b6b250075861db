import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_RUN_CONFIG } from '#core/run/learning.ts';
import { notify, notifyAll } from '#db/notify.ts';
import { listDeliveries, purgeDeliveries } from '#db/queries/project/webhook.ts';
import { insertRun } from '#db/queries/run/run-write.ts';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { createDeliverer, deliverWebhooks } from './deliver.ts';

let test: TestServices;
let port = 0;
let status = 200;
const received: { body: string; signature: string }[] = [];
const receiver = createServer(async (req, res) => {
  let body = '';
  for await (const chunk of req) body += chunk;
  received.push({ body, signature: String(req.headers['x-pupil-signature']) });
  res.writeHead(status).end();
});
beforeAll(async () => {
  test = await createTestServices();
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  port = (receiver.address() as AddressInfo).port;
});
afterAll(async () => {
  receiver.close();
  await test.close();
});

/** The receiver stands on loopback: this test alone lets it be reached. */
const net = { resolve: async () => [{ address: '127.0.0.1', family: 4 }], isAllowed: () => true };

describe('webhooks', () => {
  it('OPS-1 deliver an event once, signed, to those who asked, and try again after a failure', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const project = await createProject(test.services.db, { organizationId });
    const { secret, id } = await test
      .as(owner)
      .webhook.create({ organizationId, url: `http://hooks.test:${port}/`, events: ['round:ended'] });
    const event = { name: 'round:ended' as const, projectId: project.id, runId: 'run', roundId: 'round' };
    await Promise.all([notify(test.services.db, event), notify(test.services.db, event)]);
    await notify(test.services.db, { name: 'export:ready', projectId: project.id, exportId: 'e' });
    const stopped = createDeliverer(test.services, { net });
    await stopped.stop();
    stopped.begin();
    expect(await stopped.settle()).toBe(0);
    status = 500;
    expect(await deliverWebhooks(test.services, net)).toBe(1);
    expect((await test.as(owner).webhook.list({ organizationId }))[0]).toMatchObject({ lastStatus: 'HTTP 500' });
    expect(await deliverWebhooks(test.services, net)).toBe(0);
    status = 204;
    await test.services.db.execute(sql`update webhook_delivery set due_at = now() where webhook_id = ${id}`);
    expect(await deliverWebhooks(test.services, net)).toBe(1);
    await test.services.db.execute(sql`update webhook_delivery set due_at = due_at where webhook_id = ${id}`);
    expect(await deliverWebhooks(test.services, net)).toBe(0);
    expect(received).toHaveLength(2);
    const last = received[1];
    expect(JSON.parse(last?.body ?? '{}')).toMatchObject({ event: { name: 'round:ended', roundId: 'round' } });
    const [, seconds, hex] = /^t=(\d+),v1=([0-9a-f]+)$/.exec(last?.signature ?? '') ?? [];
    expect(hex).toBe(createHmac('sha256', secret).update(`${seconds}.${last?.body}`).digest('hex'));
  });

  it(
    'OPS-8 are queued by the transaction that announces: no server needs to hear it, and what is undone is not ' +
      'sent',
    async () => {
      const { db } = test.services;
      const organizationId = await createOrganization(db);
      const owner = await createMember(db, { organizationId, role: 'owner' });
      const project = await createProject(db, { organizationId });
      const { id } = await test
        .as(owner)
        .webhook.create({ organizationId, url: `http://hooks.test:${port}/`, events: ['round:ended', 'run:changed'] });
      const queued = async () =>
        (await listDeliveries(db, id)).map(({ payload }) => payload['roundId'] ?? payload['status']).sort();
      await notifyAll(
        db,
        ['one', 'two'].map((roundId) => ({
          name: 'round:ended' as const,
          projectId: project.id,
          runId: 'run',
          roundId,
        })),
      );
      await expect(
        db.transaction(async (tx) => {
          await notify(tx, { name: 'round:ended', projectId: project.id, runId: 'run', roundId: 'undone' });
          throw new Error('undone');
        }),
      ).rejects.toThrow('undone');
      expect(await queued()).toEqual(['one', 'two']);
      // A round ends once; a run waits for people after each of its rounds.
      await notify(db, { name: 'round:ended', projectId: project.id, runId: 'run', roundId: 'one' });
      const { memberId: createdBy } = owner;
      const run = await insertRun(db, { projectId: project.id, config: DEFAULT_RUN_CONFIG, classIds: [], createdBy });
      for (let round = 0; round < 2; round += 1)
        await notify(db, { name: 'run:changed', projectId: project.id, runId: run.id, status: 'waiting-review' });
      expect(await queued()).toEqual(['one', 'two', 'waiting-review', 'waiting-review']);
      await test.as(owner).webhook.delete({ organizationId, id });
    },
  );

  it('OPS-44 of a receiver that drips delay no other organization', async () => {
    const { db } = test.services;
    // Its answer has a head and then never an end.
    const dripping = createServer((_req, res) => res.writeHead(200).write('x'));
    await new Promise<void>((resolve) => dripping.listen(0, '127.0.0.1', resolve));
    const slowPort = (dripping.address() as AddressInfo).port;
    const deliverer = createDeliverer(test.services, { net });
    const enlist = async (at: number) => {
      const organizationId = await createOrganization(db);
      const owner = await createMember(db, { organizationId, role: 'owner' });
      const project = await createProject(db, { organizationId });
      const url = `http://hooks.test:${at}/`;
      const { id } = await test.as(owner).webhook.create({ organizationId, url, events: ['round:ended'] });
      const tell = (roundId: string) =>
        notify(db, { name: 'round:ended', projectId: project.id, runId: 'run', roundId });
      return { id, tell };
    };
    const [slow, quick] = [await enlist(slowPort), await enlist(port)];
    for (const roundId of ['a', 'b', 'c']) await slow.tell(roundId);
    const before = received.length;
    deliverer.begin();
    await expect.poll(async () => (await listDeliveries(db, slow.id)).some(({ attempts }) => attempts > 0)).toBe(true);
    await quick.tell('quick');
    deliverer.begin();
    await expect.poll(() => received.length).toBe(before + 1);
    // Still at its first one.
    expect((await listDeliveries(db, slow.id)).map(({ attempts }) => attempts).sort()).toEqual([0, 0, 1]);
    dripping.closeAllConnections();
    await db.execute(sql`delete from webhook_delivery where webhook_id in (${slow.id}, ${quick.id})`);
    await deliverer.stop();
    dripping.close();
  });

  it('OPS-8 that ended are deleted after a week; those still due stay', async () => {
    const { db } = test.services;
    const organizationId = await createOrganization(db);
    const owner = await createMember(db, { organizationId, role: 'owner' });
    const project = await createProject(db, { organizationId });
    const { id } = await test
      .as(owner)
      .webhook.create({ organizationId, url: `http://hooks.test:${port}/`, events: ['round:ended'] });
    for (const roundId of ['old', 'old and due', 'new'])
      await notify(db, { name: 'round:ended', projectId: project.id, runId: 'run', roundId });
    await db.execute(
      sql`update webhook_delivery set due_at = null where webhook_id = ${id} and payload->>'roundId' <> 'old and due'`,
    );
    await db.execute(
      sql`update webhook_delivery set created_at = now() - interval '8 days' where webhook_id = ${id}
        and payload->>'roundId' <> 'new'`,
    );
    await purgeDeliveries(db, 7);
    expect((await listDeliveries(db, id)).map(({ payload }) => payload['roundId']).sort()).toEqual([
      'new',
      'old and due',
    ]);
    await test.as(owner).webhook.delete({ organizationId, id });
  });

  it('OPS-1 never reach into the inner network', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const project = await createProject(test.services.db, { organizationId });
    await test.as(owner).webhook.create({ organizationId, url: `http://127.0.0.1:${port}/`, events: ['round:ended'] });
    const before = received.length;
    await notify(test.services.db, { name: 'round:ended', projectId: project.id, runId: 'r', roundId: 'inner' });
    expect(await deliverWebhooks(test.services)).toBe(1);
    expect(received).toHaveLength(before);
    expect((await test.as(owner).webhook.list({ organizationId }))[0]).toMatchObject({ lastStatus: 'not reached' });
  });
});
