/**
 * `npm run bench -- NAME …`: each measurement is a file of its own that exports `run(args)`. Results stand in README.md
 * with command, machine and date.
 */
interface Bench {
  run(args: string[]): Promise<void>;
}

const BENCHES: Record<string, () => Promise<Bench>> = {
  train: () => import('./train.ts'),
  'pack-gpu': () => import('./gpu/pack.ts'),
  embed: () => import('./embed.ts'),
  'live-teacher': () => import('./live-teacher.ts'),
  'live-order': () => import('./live-order.ts'),
  'near-duplicates': () => import('./features/near-duplicates.ts'),
  import: () => import('./import.ts'),
  proposal: () => import('./strain/proposal.ts'),
  likeness: () => import('./likeness.ts'),
  dashboard: async () => ({ run: (await import('./dashboard.ts')).dashboard }),
  leases: () => import('./leases.ts'),
  gallery: () => import('./gallery.ts'),
  similar: () => import('./similar.ts'),
  collaborate: () => import('./collaborate.ts'),
  predict: () => import('./strain/predict.ts'),
  keypress: () => import('./keypress.ts'),
  frames: () => import('./frames.ts'),
  floods: () => import('./strain/floods.ts'),
  reload: () => import('./strain/reload.ts'),
  shards: () => import('./strain/shards.ts'),
};

const [chosen = '', ...args] = process.argv.slice(2);
const load = BENCHES[chosen];
if (load === undefined) {
  console.error(`Usage: npm run bench -- NAME …, where NAME is one of ${Object.keys(BENCHES).join(', ')}.`);
  process.exit(2);
}
await (await load()).run(args);

export type { Bench };
