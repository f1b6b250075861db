/** How a program asks: each runs as it stands, with the token in the environment and an image.jpg beside it. */
export const SNIPPETS = ['curl', 'python', 'client'] as const;
export type SnippetName = (typeof SNIPPETS)[number];

export const SNIPPET_TITLES: Record<SnippetName, string> = {
  curl: 'curl',
  python: 'Python',
  client: 'TypeScript client',
};

/** Read by the program that is written here, not by us. */
const TOKEN = ['process', 'env', 'PUPIL_TOKEN'].join('.');

/** @param place where Pupil runs, and the project to ask */
export function writeSnippet(name: SnippetName, place: { url: string; projectId: string }): string {
  const { url, projectId } = place;
  const address = `${url}/api/projects/${projectId}/predict?top=3`;
  switch (name) {
    case 'curl':
      return `curl --fail-with-body -H "Authorization: Bearer $PUPIL_TOKEN" \\
  -H 'Content-Type: application/octet-stream' --data-binary @image.jpg \\
  '${address}'
`;
    case 'python':
      return `import json, os, urllib.request

with open('image.jpg', 'rb') as image:
    request = urllib.request.Request('${address}', data=image.read(), headers={
        'Authorization': 'Bearer ' + os.environ['PUPIL_TOKEN'],
        'Content-Type': 'application/octet-stream',
    })
answer = json.load(urllib.request.urlopen(request))['results'][0]
print(answer['class'], answer['probability'])
`;
    case 'client':
      return `import { readFile } from 'node:fs/promises';
import { createPupilClient } from './client/index.ts';

const pupil = createPupilClient({ url: '${url}', token: ${TOKEN} ?? '' });
const { results } = await pupil.predict('${projectId}', [new Blob([await readFile('image.jpg')])], { top: 3 });
console.log(results[0]);
`;
  }
}
