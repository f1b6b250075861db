import { describe, expect, it } from 'vitest';
import { ROUTES } from '../http/routes.ts';
import { appRouter } from '../trpc/router.ts';
import { ADDRESSES } from './addresses.ts';
import { describeApi, openApi } from './describe-api.ts';

interface Document {
  paths: Record<string, Record<string, { operationId: string; summary: string }>>;
  components: { schemas: Record<string, object> };
}

describe('OPS-60 the description of the API', () => {
  it('names every procedure and every address, each once, with words', () => {
    const { paths } = openApi() as Document;
    const procedures = Object.keys(appRouter._def.procedures);
    expect(
      Object.keys(paths)
        .filter((path) => path.startsWith('/api/trpc/'))
        .toSorted(),
    ).toEqual(procedures.map((path) => `/api/trpc/${path}`).toSorted());
    const operations = Object.values(paths).flatMap((item) => Object.values(item));
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
    expect(operations.filter(({ summary }) => summary.length < 5)).toEqual([]);
    const unsaid = ROUTES.filter(
      ({ method, pattern }) =>
        !ADDRESSES.some(
          (one) => one.method === method.toLowerCase() && pattern.test(one.path.replaceAll(/\{\w+\}/g, 'x')),
        ),
    );
    expect(unsaid.map(({ pattern }) => pattern.source)).toEqual([]);
  });

  it('says of an input what is needed, and refers to nothing that it does not hold', () => {
    const start = describeApi().procedures.find(({ path }) => path === 'run.start');
    expect(start).toMatchObject({
      kind: 'mutation',
      action: 'run:start',
      input: { required: ['projectId', 'config'], properties: { config: { $ref: '#/components/schemas/RunConfig' } } },
    });
    const { components } = openApi() as Document;
    expect(components.schemas['Run']).toMatchObject({
      properties: { rounds: { items: { $ref: expect.any(String) } } },
    });
    const text = JSON.stringify(openApi());
    const named = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref]) => ref ?? '');
    expect(named.filter((ref) => !/^#\/components\/(schemas|responses)\/\w+$/.test(ref))).toEqual([]);
    const missing = named.flatMap((ref) => {
      const [, kind, name = ''] = /components\/(\w+)\/(\w+)$/.exec(ref) ?? [];
      return kind === 'schemas' && !(name in components.schemas) ? [name] : [];
    });
    expect(missing).toEqual([]);
  });
});
