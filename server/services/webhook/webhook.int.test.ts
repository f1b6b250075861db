import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMember, createOrganization, createProject } from '#db/seed/factories.ts';
import { createTestServices } from '../../testing/services.ts';
import type { TestServices } from '../../testing/services.ts';
import { deliverWebhooks, queueWebhooks } from './deliver.ts';
import { startWebhooks } from './run-webhooks.ts';

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
    const { secret, id } = await test.as(owner).webhook.create({ organizationId, url: `http://hooks.test:${port}/`, events: ['round:ended'] });
    const event = { name: 'round:ended' as const, projectId: project.id, runId: 'run', roundId: 'round' };
    await Promise.all([queueWebhooks(test.services, event), queueWebhooks(test.services, event)]);
    await queueWebhooks(test.services, { name: 'export:ready', projectId: project.id, exportId: 'e' });
    expect(await deliverWebhooks(test.services, net, () => true)).toBe(0);
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

  it('OPS-1 that are heard while the server stops are queued for the next start', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const project = await createProject(test.services.db, { organizationId });
    const { id } = await test.as(owner).webhook.create({ organizationId, url: `http://hooks.test:${port}/`, events: ['round:ended'] });
    const webhooks = startWebhooks(test.services);
    for (const roundId of ['one', 'two', 'three']) webhooks.hear({ name: 'round:ended', projectId: project.id, runId: 'run', roundId });
    await webhooks.stop();
    const { rows } = await test.services.db.execute<{ n: number }>(sql`select count(*)::int as n from webhook_delivery where webhook_id = ${id}`);
    expect(rows[0]?.n).toBe(3);
    await test.as(owner).webhook.delete({ organizationId, id });
  });

  it('OPS-1 never reach into the inner network', async () => {
    const organizationId = await createOrganization(test.services.db);
    const owner = await createMember(test.services.db, { organizationId, role: 'owner' });
    const project = await createProject(test.services.db, { organizationId });
    await test.as(owner).webhook.create({ organizationId, url: `http://127.0.0.1:${port}/`, events: ['round:ended'] });
    const before = received.length;
    await queueWebhooks(test.services, { name: 'round:ended', projectId: project.id, runId: 'r', roundId: 'inner' });
    expect(await deliverWebhooks(test.services)).toBe(1);
    expect(received).toHaveLength(before);
    expect((await test.as(owner).webhook.list({ organizationId }))[0]).toMatchObject({ lastStatus: 'not reached' });
  });
});
