import { nameOf } from '#server/openapi/describe-api.ts';
import type { ApiDescription, DescribedProcedure, Schema } from '#server/openapi/describe-api.ts';

const HEAD = '# Written by `npm run api` from the description of the API: change that, not this.';
const KEYWORDS = new Set(['class', 'from', 'import', 'in', 'is', 'global', 'lambda', 'def', 'del', 'pass']);

/** The two written files of the Python client: what travels, and a method for each procedure of promised answer. */
export function writePython(api: ApiDescription): { types: string; procedures: string } {
  const promised = api.procedures.filter(({ answer }) => answer !== null);
  const names = namesUsed(api, promised);
  return { types: writeTypes(api, names), procedures: writeMethods(promised, names) };
}

/** Schemas that promised procedures and the answer to a prediction speak of, and those that these speak of. */
function namesUsed({ schemas }: ApiDescription, promised: readonly DescribedProcedure[]): string[] {
  const used = new Set<string>();
  const take = (schema: unknown): void => {
    for (const [, name = ''] of JSON.stringify(schema ?? null).matchAll(/#\/components\/schemas\/(\w+)/g)) {
      if (used.has(name)) continue;
      used.add(name);
      take(schemas[name]);
    }
  };
  take(promised);
  take({ $ref: '#/components/schemas/Prediction' });
  return [...used].sort();
}

function writeTypes({ schemas }: ApiDescription, names: readonly string[]): string {
  const classes = names.map((name) => writeType(name, schemas[name] ?? {}));
  return `${HEAD}
"""What travels between the client and a Pupil server: plain dictionaries with these keys, and maybe more."""

from __future__ import annotations

from typing import Any, Literal, TypedDict


${classes.join('\n\n\n')}
`;
}

function writeType(name: string, { properties = {}, required = [] }: Schema): string {
  const fields = Object.entries(properties).map(([key, schema]) => ({
    key,
    type: typeOf(schema),
    required: required.includes(key),
  }));
  if (fields.some(({ key }) => KEYWORDS.has(key))) {
    const lines = fields.map(({ key, type }) => `        "${key}": "${type.replaceAll('"', "'")}",`);
    return `${name} = TypedDict(\n    "${name}",\n    {\n${lines.join('\n')}\n    },\n    total=False,\n)`;
  }
  const body = (some: typeof fields) => some.map(({ key, type }) => fold(`    ${key}: ${type}`)).join('\n');
  const needed = fields.filter((field) => field.required);
  const others = fields.filter((field) => !field.required);
  if (others.length === 0) return `class ${name}(TypedDict):\n${body(needed)}`;
  if (needed.length === 0) return `class ${name}(TypedDict, total=False):\n${body(others)}`;
  return `class _${name}(TypedDict):\n${body(needed)}\n\n\n` + `class ${name}(_${name}, total=False):\n${body(others)}`;
}

/** A schema as Python writes it. */
function typeOf(schema: Schema): string {
  if (schema.$ref) return nameOf(schema.$ref);
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' | ');
  if (schema.const !== undefined) return `Literal[${literal(schema.const)}]`;
  if (schema.enum) return `Literal[${schema.enum.map(literal).join(', ')}]`;
  if (schema.type === 'array') return `list[${typeOf(schema.items ?? schema.prefixItems?.[0] ?? {})}]`;
  if (schema.type === 'object') {
    const values = schema.additionalProperties;
    return `dict[str, ${typeof values === 'object' ? typeOf(values) : 'Any'}]`;
  }
  return [schema.type ?? []]
    .flat()
    .map((type) => PLAIN[type] ?? 'Any')
    .concat(schema.type === undefined ? ['Any'] : [])
    .join(' | ');
}

const PLAIN: Record<string, string> = {
  string: 'str',
  integer: 'int',
  number: 'float',
  boolean: 'bool',
  null: 'None',
};

/** A line that is too wide has its choices below each other. */
function fold(line: string): string {
  const [, head, choices, tail] = /^(.*Literal\[)([^\]]*)(\].*)$/.exec(line) ?? [];
  if (line.length <= 110 || head === undefined || choices === undefined) return line;
  const indent = /^ */.exec(line)?.[0] ?? '';
  const rows = choices.split(', ').map((choice) => `${indent}    ${choice},`);
  return `${head}\n${rows.join('\n')}\n${indent}${tail}`;
}

const literal = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : String(value));
const snake = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

function writeMethods(promised: readonly DescribedProcedure[], names: readonly string[]): string {
  const methods = promised.map(writeMethod).join('\n');
  const typing = ['Any', 'Literal'].filter((name) => new RegExp(`\\b${name}\\b`).test(methods));
  const spoken = names.filter((name) => new RegExp(`\\b${name}\\b`).test(methods));
  return `${HEAD}
"""A method for each procedure of the API whose answer is promised."""

from __future__ import annotations

from typing import ${typing.join(', ')}

from .transport import OMIT, Transport
from .types import (
${spoken.map((name) => `    ${name},`).join('\n')}
)


class Procedures:
    def __init__(self, transport: Transport) -> None:
        self.transport = transport

${methods}`;
}

function writeMethod({ path, kind, words, input, answer }: DescribedProcedure): string {
  const fields = Object.entries(input?.properties ?? {}).map(([key, schema]) => ({
    key,
    name: snake(key),
    type: typeOf(schema),
    required: input?.required?.includes(key) ?? false,
  }));
  const needed = fields.filter(({ required }) => required).map(({ name, type }) => `${name}: ${type}`);
  const others = fields.filter(({ required }) => !required).map(({ name, type }) => `${name}: ${type} = OMIT`);
  const asked = ['self', ...needed, ...(others.length > 0 ? ['*', ...others] : [])];
  const gives = typeOf(answer ?? {});
  const name = snake(path).replace('.', '_');
  const one = `    def ${name}(${asked.join(', ')}) -> ${gives}:`;
  const head =
    one.length <= 100
      ? one
      : `    def ${name}(\n${asked.map((part) => fold(`        ${part},`)).join('\n')}\n    ) -> ${gives}:`;
  const begin = `        ${gives === 'None' ? '' : 'return '}self.transport.${kind}(`;
  const sent = fields.map(({ key, name: given }) => `"${key}": ${given}`);
  const call = `${begin}"${path}", {${sent.join(', ')}})`;
  const rows = sent.map((field) => `                ${field},`).join('\n');
  const body =
    call.length <= 100 ? call : `${begin}\n            "${path}",\n            {\n${rows}\n            },\n        )`;
  return `${head}\n        """${words[0]?.toUpperCase() ?? ''}${words.slice(1)}."""\n${body}\n`;
}
