import { AppError } from '#core/errors.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { GraphNode, ModelGraph, Padding } from './graph.ts';

/** Sides that the image of a run may have, px. */
const [SMALLEST, LARGEST] = [16, 512];

/** Height and width of what a node gives; null where it is no image any more. */
type Extent = readonly [number, number] | null;

/**
 * Checks that a graph made for one image size computes something at another: convolutions and pools do as long as each
 * still has a place to stand, a flattened image does only at its own size. Throws AppError BAD_INPUT that names both
 * sizes and what fits.
 */
export function checkInputSize(graph: ModelGraph, size: number): void {
  const own = graph.input.size;
  const obstacle = size === own ? null : findObstacle(graph, size);
  if (obstacle === null) return;
  let least = SMALLEST;
  while (least < own && findObstacle(graph, least) !== null) least += 1;
  const fits = least === own ? say('learning.sideOnly', { own }) : say('learning.sideFrom', { own, least });
  throw new AppError('BAD_INPUT', say('learning.sideMisfit', { name: graph.name, own, size, why: obstacle, fits }));
}

/** Why the graph computes nothing at this size; null when it does. */
function findObstacle(graph: ModelGraph, size: number): Said | null {
  if (size < SMALLEST || size > LARGEST) return say('learning.sideRange', { least: SMALLEST, most: LARGEST });
  const kernels = new Map(graph.weights.map(({ name, shape }) => [name, shape]));
  const extents = new Map<string, Extent>();
  for (const node of graph.nodes) {
    if (node.op === 'flatten') return say('learning.sideFlatten', { layer: node.id });
    const from = node.op === 'input' ? ([size, size] as const) : (extents.get(node.inputs[0]) ?? null);
    const extent = from === null ? null : extentOf(node, from, kernels);
    if (extent !== null && Math.min(...extent) < 1) return say('learning.sideNothing', { layer: node.id });
    if (node.op === 'add' && extent?.join() !== extents.get(node.inputs[1])?.join())
      return say('learning.sideInputs', { layer: node.id });
    extents.set(node.id, extent);
  }
  return null;
}

function extentOf(
  node: GraphNode,
  [height, width]: readonly [number, number],
  kernels: ReadonlyMap<string, readonly number[]>,
): Extent {
  switch (node.op) {
    case 'conv2d':
    case 'depthwiseConv2d': {
      const [rows = 1, columns = 1] = kernels.get(node.kernel) ?? [];
      return [slide(height, rows, node), slide(width, columns, node)];
    }
    case 'maxPool':
    case 'avgPool':
      return [slide(height, node.size, node), slide(width, node.size, node)];
    case 'zeroPad': {
      const [top, bottom, left, right] = node.padding;
      return [height + top + bottom, width + left + right];
    }
    case 'globalMaxPool':
    case 'globalAveragePool':
    case 'concat':
      return null;
    default:
      return [height, width];
  }
}

/** Places at which a window stands along one side. */
const slide = (side: number, window: number, { stride, padding }: { stride: number; padding: Padding }): number =>
  padding === 'same' ? Math.ceil(side / stride) : Math.floor((side - window) / stride) + 1;
