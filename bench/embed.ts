import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { readBuiltInBackbone } from '#ml/backbone/index.ts';
import { openEmbedder } from '#ml/backbone/embedder.ts';

/** Seconds that one repeat lasts, and repeats of each side; the best of each counts. */
const SECONDS = 2;
const REPEATS = 3;
const SIDES = [128, 224, 300];

/**
 * The built-in backbone embedded by the product beside PyTorch's forward pass of the same net on the same cores, in
 * turns: `npm run bench -- embed`. Needs python3 with torch for the comparison; PyTorch may choose its threads, layout
 * and batch. Prints images a second and the ratio.
 */
export async function run(): Promise<void> {
  const backbone = await readBuiltInBackbone();
  for (const side of SIDES) {
    const embedder = await openEmbedder(backbone, { side });
    const count = Math.max(1, Math.round((8 * 128 * 128) / (side * side)));
    const pixels = Uint8Array.from({ length: count * side * side * 3 }, (_, i) => (i * 37) % 256);
    await embedder.embed(pixels);
    let [ours, torch] = [0, 0];
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      ours = Math.max(ours, await measure(() => embedder.embed(pixels), count));
      torch = Math.max(torch, measureTorch(side));
    }
    await embedder.close();
    const ratio = torch === 0 ? 'PyTorch is not there' : `ratio ${(ours / torch).toFixed(2)}`;
    console.log(
      `${side} px, ${availableParallelism()} cores: ours ${ours.toFixed(1)}/s, PyTorch ${torch.toFixed(1)}/s, ${ratio}`,
    );
  }
}

async function measure(embed: () => Promise<unknown>, count: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < SECONDS * 1000) {
    await embed();
    done += count;
  }
  return (done * 1000) / (performance.now() - start);
}

/** The best of its layouts, threads and batches, images a second; 0 without PyTorch. */
function measureTorch(side: number): number {
  const { stdout } = spawnSync('python3', ['bench/embed-pytorch.py', String(side), String(SECONDS)], {
    encoding: 'utf8',
  });
  return Number(stdout?.trim() || 0) || 0;
}
