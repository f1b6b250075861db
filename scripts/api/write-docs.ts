import { z } from 'zod';
import { rolesOf } from '#server/openapi/describe-api.ts';
import type { ApiDescription, Schema } from '#server/openapi/describe-api.ts';

const BEGIN = (name: string): string => `<!-- ${name}: written by npm run api -->`;
const END = (name: string): string => `<!-- end of ${name} -->`;

/** A document with what stands between the marks of each part written anew. @throws where it has no such marks */
export function fillParts(document: string, parts: Readonly<Record<string, string>>): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const [from, to] = [text.indexOf(BEGIN(name)), text.indexOf(END(name))];
    if (from < 0 || to < from) throw new Error(`The document has no marks for ${name}.`);
    return `${text.slice(0, from)}${BEGIN(name)}\n\n${part}\n\n${text.slice(to)}`;
  }, document);
}

/** The tables of docs/API.md: every procedure and every other address. */
export const writeDocs = (document: string, api: ApiDescription): string =>
  fillParts(document, { procedures: writeProcedures(api), addresses: writeAddresses(api) });

function writeProcedures({ procedures }: ApiDescription): string {
  const rows = procedures.map(
    ({ path, kind, words, action, input, answer }) =>
      `| \`${path}\`${answer ? ' ✓' : ''} | ${kind === 'query' ? 'GET' : 'POST'} | ${fieldsOf(input)} | ${words} | ` +
      `${rolesOf(action)} |`,
  );
  return ['| Procedure | | Input | What | Who |', '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

/** `projectId, name?`: what may be left out has a question mark. */
function fieldsOf(schema: Schema | null): string {
  const required = new Set(schema?.required);
  return Object.keys(schema?.properties ?? {})
    .map((name) => (required.has(name) ? name : `${name}?`))
    .join(', ');
}

function writeAddresses({ addresses }: ApiDescription): string {
  const rows = addresses.map(({ method, path, words, action, query }) => {
    const told = query ? fieldsOf(z.toJSONSchema(query, { io: 'input' }) as Schema) : '';
    return `| \`${method.toUpperCase()} ${path}\` | ${told} | ${words} | ${rolesOf(action)} |`;
  });
  return ['| Request | Query | What | Who |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
