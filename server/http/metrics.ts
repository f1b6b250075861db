import type { IncomingMessage, ServerResponse } from 'node:http';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import { countSystem } from '#db/queries/project/system.ts';
import type { Services } from '../context.ts';
import { isLoopbackName } from '../net/origin.ts';
import { appRouter } from '../trpc/router.ts';

/** What an operator watches: requests, sockets, runs, trainers, leases. Labels are bounded: routes, never ids. */
export function createMetrics(services: Services) {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'pupil_' });
  const seconds = new Histogram({
    name: 'pupil_http_request_seconds',
    help: 'Time to answer, by kind of route',
    labelNames: ['route', 'status'],
    registers: [registry],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30],
  });
  const events = new Counter({
    name: 'pupil_domain_events_total',
    help: 'Domain events relayed, by name',
    labelNames: ['name'],
    registers: [registry],
  });
  registry.registerMetric(
    new Gauge({
      name: 'pupil_rows',
      help: 'Runs by status, trainers alive, live leases, open review items',
      labelNames: ['kind'],
      registers: [],
      async collect() {
        for (const [kind, count] of Object.entries(await countSystem(services.db))) this.set({ kind }, count);
      },
    }),
  );
  return {
    observe(req: IncomingMessage, res: ServerResponse): void {
      const stop = seconds.startTimer({ route: routeOf(req.url ?? '/') });
      res.once('close', () => stop({ status: String(res.statusCode) }));
    },
    countEvent: (name: string): void => events.inc({ name }),
    /**
     * GET /metrics: for this machine's scraper. A proxy in front must not pass it on, and a page whose name was bent to
     * this machine must not read it: Host is asked too.
     */
    async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
      const isLocal = /^(::ffff:)?127\.|^::1$/.test(req.socket.remoteAddress ?? '') && isLoopbackName(req.headers.host);
      if (!isLocal || req.headers['x-forwarded-for'] !== undefined)
        throw new AppError('NOT_FOUND', say('error.noAddress'));
      res.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics());
    },
  };
}

export type Metrics = ReturnType<typeof createMetrics>;

/** `/api/trpc/label.claim,label.progress?…` → `trpc label.claim`; everything else by its first folder. */
function routeOf(url: string): string {
  const path = url.split('?')[0] ?? '/';
  const procedure = /^\/api\/trpc\/([a-zA-Z]+\.[a-zA-Z]+)/.exec(path)?.[1];
  // Anybody may invent names; each would be kept for ever.
  if (procedure) return procedure in appRouter._def.procedures ? `trpc ${procedure}` : 'trpc';
  const folder = /^\/(api\/auth|api\/projects|media|_next|socket\.io)/.exec(path)?.[1];
  return folder ?? 'page';
}
