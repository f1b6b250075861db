import { describeApi } from '#server/openapi/describe-api.ts';
import { writeDocs } from './write-docs.ts';
import { writePython } from './write-python.ts';

/** What follows from the description of the API: each file, and how it reads when it is not stale. */
export function writeWritten(read: (path: string) => string): [path: string, text: string][] {
  const api = describeApi();
  const python = writePython(api);
  return [
    ['docs/API.md', writeDocs(read('docs/API.md'), api)],
    ['client/python/pupil/types.py', python.types],
    ['client/python/pupil/procedures.py', python.procedures],
  ];
}
