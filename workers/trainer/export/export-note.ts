import type { RoundMetrics } from '#core/run/learning.ts';
import { inEnglish } from '#core/text/in-english.ts';
import { say } from '#core/text/said.ts';
import type { Said } from '#core/text/said.ts';
import type { MeasuredExport } from './measure-export.ts';

const percent = (share: number): string => `${(share * 100).toFixed(1)}%`;

/**
 * What stands beside an export whose card says other figures than the pages do: both, and why. Null where they agree or
 * nothing was measured.
 * @param mirrors does the round look at mirror images too?
 */
export function noteExport(
  measured: MeasuredExport,
  metrics: Pick<RoundMetrics, 'valAccuracy' | 'valCount' | 'temperature'> | null,
  { mirrors, quantisation }: { mirrors: boolean; quantisation: string },
): Said | null {
  const [figure] = measured.figures;
  if (!figure || measured.temperature === null || !metrics || !(metrics.valCount > 0)) return null;
  const [ours, theirs] = [
    say('learning.note.figure', figuresOf(metrics.valAccuracy, metrics.temperature)),
    say('learning.note.figure', figuresOf(figure.value, measured.temperature)),
  ];
  if (inEnglish(ours) === inEnglish(theirs)) return null;
  const reasons = [
    mirrors && say('learning.note.mirrors'),
    quantisation !== 'none' && say('learning.note.rounded', { quantisation }),
    metrics.valCount !== figure.count && say('learning.note.answered', { count: metrics.valCount }),
  ].filter((reason) => reason !== false);
  const [first, ...more] = reasons;
  const note = { count: figure.count, ours, theirs };
  if (!first) return say('learning.note.same', note);
  const why = more.reduce((one, other) => say('learning.note.both', { one, other }), first);
  return say('learning.note.for', { ...note, why });
}

const figuresOf = (share: number, temperature: number) => ({ share: percent(share), t: temperature.toFixed(2) });
