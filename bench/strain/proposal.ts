import { createRandom } from '#core/math/random.ts';
import { propose } from '#core/proposal/propose.ts';
import { machine, numberArg } from '../database.ts';

const CLASSES = 200;

/** Names as people bring them, and the label file that lies beside them. */
const SHAPES = {
  'class folders, three deep': { file: (i: number) => `set/train/class ${i % CLASSES}/${i}.jpg`, row: null },
  'a table of file names': {
    file: (i: number) => `set/images/${i % 10}/photo ${i}.jpg`,
    row: (i: number) => `photo ${i}.jpg`,
  },
  'a table of ids without extension': {
    file: (i: number) => `set/images/${i % 10}/photo_${i}.jpg`,
    row: (i: number) => `photo_${i}`,
  },
  'a table of whole paths': {
    file: (i: number) => `set/images/${i % 10}/${i}.jpg`,
    row: (i: number) => `set/images/${i % 10}/${i}.jpg`,
  },
} as const;

/** `npm run bench -- proposal [--count 100000]`: seconds to a proposal, the best of three and the first. */
export function run(args: string[]): Promise<void> {
  const count = numberArg(args, 'count', 100_000);
  console.log(machine());
  for (const [name, { file, row }] of Object.entries(SHAPES)) {
    const order = createRandom(1).shuffle(Array.from({ length: count }, (_, i) => i));
    const paths = order.map(file);
    const table = row && `id,label\n${order.map((i) => `${row(i)},class ${i % CLASSES}`).join('\n')}\n`;
    const labelFiles = table === null ? [] : [{ path: 'labels.csv', bytes: new TextEncoder().encode(table) }];
    const seconds = [0, 1, 2].map(() => {
      const startedAt = performance.now();
      const { proposal } = propose({ paths, labelFiles, classes: [] });
      if (proposal.classes.length !== CLASSES || proposal.unlabeled.count > 0) throw new Error(`${name}: read wrongly`);
      return (performance.now() - startedAt) / 1000;
    });
    console.log(`${name}: ${Math.min(...seconds).toFixed(2)} s, the first time ${(seconds[0] ?? 0).toFixed(2)} s`);
  }
  return Promise.resolve();
}
