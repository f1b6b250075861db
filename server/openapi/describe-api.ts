import { z } from 'zod';
import { can, ROLES } from '#core/people/access.ts';
import type { Action } from '#core/people/access.ts';
import { appRouter } from '../trpc/router.ts';
import type { ProcedureMeta } from '../trpc/trpc.ts';
import { ADDRESSES } from './addresses.ts';
import type { Address } from './addresses.ts';
import { ANSWERS } from './answers.ts';
import { PROCEDURE_WORDS } from './words.ts';
import type { ProcedurePath } from './words.ts';

/** A schema as OpenAPI 3.1 writes it, which is JSON Schema. */
export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  prefixItems?: Schema[];
  anyOf?: Schema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  default?: unknown;
  propertyNames?: Schema;
  additionalProperties?: Schema | boolean;
}

/** A procedure, read from the router. */
export interface DescribedProcedure {
  path: ProcedurePath;
  kind: 'query' | 'mutation';
  words: string;
  /** What a member must be allowed to do; null where whoever is signed in, or a stranger, may ask. */
  action: Action | null;
  /** Null where it takes none. */
  input: Schema | null;
  /** Null where nothing is promised. */
  answer: Schema | null;
}

/** What the API is, from its router, schemas and addresses: nothing here is written twice. */
export interface ApiDescription {
  procedures: DescribedProcedure[];
  addresses: readonly Address[];
  /** Schemas with a name. */
  schemas: Record<string, Schema>;
}

interface RawProcedure {
  _def: { type: string; inputs: unknown[]; meta?: ProcedureMeta };
}

/**
 * Reads the description of the API. Fields with a default may be left out; schemas are those of what is sent.
 *
 *   describeApi().procedures.find(({ path }) => path === 'run.start')
 *   // { kind: 'mutation', action: 'run:start', input: { type: 'object', properties: { projectId: … } }, … }
 */
export function describeApi(): ApiDescription {
  const schemas: Record<string, Schema> = {};
  const read = (schema: z.ZodType): Schema => {
    const { $defs, ...told } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema & {
      $defs?: Record<string, Schema>;
    };
    for (const [name, value] of Object.entries($defs ?? {})) schemas[name] = tidy(value);
    const { id } = z.globalRegistry.get(schema) ?? {};
    if (id === undefined || told.$ref) return tidy(told);
    schemas[id] = tidy(told);
    return { $ref: `#/components/schemas/${id}` };
  };
  const procedures = Object.entries<unknown>(appRouter._def.procedures)
    .map(([key, procedure]): DescribedProcedure => {
      const { _def } = procedure as RawProcedure;
      const path = key as ProcedurePath;
      const answer = (ANSWERS as Partial<Record<string, z.ZodType>>)[path];
      return {
        path,
        kind: _def.type === 'query' ? 'query' : 'mutation',
        words: PROCEDURE_WORDS[path],
        action: _def.meta?.action ?? null,
        input: mergeInputs(
          _def.inputs.map((input) => read(input as z.ZodType)),
          schemas,
        ),
        answer: answer ? read(answer) : null,
      };
    })
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
  for (const { body, answer } of ADDRESSES)
    for (const schema of [...Object.values(body ?? {}), ...Object.values(answer)]) if (schema) read(schema);
  return { procedures, addresses: ADDRESSES, schemas };
}

/** Inputs that are checked one after the other make one object. */
function mergeInputs(inputs: readonly Schema[], schemas: Readonly<Record<string, Schema>>): Schema | null {
  if (inputs.length === 0) return null;
  const parts = inputs.map((input) => (input.$ref ? (schemas[nameOf(input.$ref)] ?? input) : input));
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  return {
    type: 'object',
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)) as Record<string, Schema>,
    required: [...new Set(parts.flatMap(({ required }) => required ?? []))],
  };
}

export const nameOf = (ref: string): string => ref.split('/').at(-1) ?? '';

/** Without what is of no use to a reader, and with names where OpenAPI looks for them. */
function tidy(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === '$schema' || key === 'id' || key === 'pattern') return typeof value === 'string' ? undefined : value;
    if (key === '$ref' && typeof value === 'string') return value.replace('#/$defs/', '#/components/schemas/');
    return value;
  }) as Schema;
}

/** "owner, lead": who may. */
export const rolesOf = (action: Action | null): string =>
  action === null ? '' : ROLES.filter((role) => can(role, action)).join(', ');

/** The description as an OpenAPI 3.1 document. */
export function writeOpenApi({ procedures, addresses, schemas }: ApiDescription): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const one of procedures) paths[`/api/trpc/${one.path}`] = procedureItem(one);
  for (const one of addresses) paths[one.path] = { ...paths[one.path], [one.method]: addressItem(one) };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Pupil',
      version: '1',
      description:
        'Everything that the pages do. Make a token on the Tokens page of the organization. Procedures are called ' +
        'under /api/trpc; their answers are promised where a schema says so, the others are what the pages need.',
    },
    security: [{ token: [] }],
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer', bearerFormat: 'pupil_…' } },
      responses: { Error: { description: 'What happened and what to do', content: json(ERROR) } },
      schemas,
    },
  };
}

let written: object | null = null;

/** The same, written once for this process. */
export const openApi = (): object => (written ??= writeOpenApi(describeApi()));

const json = (schema: object) => ({ 'application/json': { schema } });
const wrap = (schema: object) => ({ type: 'object', required: ['json'], properties: { json: schema } });
const text = { type: 'string' };
const ERROR = {
  type: 'object',
  description:
    'A procedure holds `error.json` with `message` and `data.appCode`; other addresses `code` and `message`.',
  properties: { code: text, message: text, error: { type: 'object' } },
};

const describeAccess = (words: string, action: Action | null): string =>
  action === null ? words : `${words} (${rolesOf(action)})`;

function procedureItem({ path, kind, words, action, input, answer }: DescribedProcedure): Record<string, object> {
  const operation = {
    operationId: path,
    tags: [path.split('.')[0]],
    summary: describeAccess(words, action),
    responses: {
      200: {
        description: 'The answer',
        content: json({
          type: 'object',
          properties: { result: { type: 'object', properties: { data: wrap(answer ?? {}) } } },
        }),
      },
      default: { $ref: '#/components/responses/Error' },
    },
  };
  if (kind === 'mutation')
    return {
      post: { ...operation, requestBody: { required: true, content: json(wrap(input ?? { type: 'null' })) } },
    };
  const parameters = input ? [{ name: 'input', in: 'query', required: true, content: json(wrap(input)) }] : [];
  return { get: { ...operation, parameters } };
}

function addressItem({ method, path, words, action, query, body, answer }: Address): object {
  const content = (types: Address['answer']) =>
    Object.fromEntries(
      Object.entries(types).map(([type, schema]) => [
        type,
        { schema: schema ? tidy(refOf(schema)) : { type: 'string', format: 'binary' } },
      ]),
    );
  const inQuery = query ? (tidy(z.toJSONSchema(query, { io: 'input' }) as Schema).properties ?? {}) : {};
  const required = new Set(query ? (z.toJSONSchema(query, { io: 'input' }).required ?? []) : []);
  return {
    operationId: `${method} ${path}`,
    tags: ['bytes'],
    summary: describeAccess(words, action),
    ...(action === null ? { security: [] } : {}),
    parameters: [
      ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({ name, in: 'path', required: true, schema: text })),
      ...Object.entries(inQuery).map(([name, schema]) => ({ name, in: 'query', required: required.has(name), schema })),
    ],
    ...(body ? { requestBody: { required: true, content: content(body) } } : {}),
    responses: {
      200: { description: 'The answer', content: content(answer) },
      default: { $ref: '#/components/responses/Error' },
    },
  };
}

function refOf(schema: z.ZodType): Schema {
  const { id } = z.globalRegistry.get(schema) ?? {};
  if (id !== undefined) return { $ref: `#/components/schemas/${id}` };
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Schema;
}
