import { linePath } from './geometry.ts';

/** A tiny line without axes; give the message in `label`. */
export function Sparkline({
  values,
  label,
  width = 80,
  height = 20,
  colour = 'var(--color-accent)',
}: {
  values: readonly (number | null)[];
  label: string;
  width?: number;
  height?: number;
  colour?: string;
}) {
  const known = values.filter((value) => value !== null);
  const low = Math.min(...known);
  const high = Math.max(...known);
  const span = high - low || 1;
  const points = values.map((value, index): [number, number] | null =>
    value === null
      ? null
      : [2 + (index / Math.max(1, values.length - 1)) * (width - 4), 2 + (1 - (value - low) / span) * (height - 4)],
  );
  const last = points.findLast((point) => point !== null);
  return (
    <svg width={width} height={height} role="img" aria-label={label} className="inline-block align-middle">
      <path
        d={linePath(points)}
        fill="none"
        stroke={colour}
        strokeWidth={1.5}
        strokeLinejoin="round"
        strokeLinecap="round"
      />
      {last !== undefined && last !== null && <circle cx={last[0]} cy={last[1]} r={2} fill={colour} />}
    </svg>
  );
}
