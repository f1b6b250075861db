'use client';
import { useQuery } from '@tanstack/react-query';
import { atTemperature } from '#core/run/run-config.ts';
import { useText } from '../../../../_text/text.tsx';
import { classColour } from '../../../../_lib/class-colour.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { thumbnailSrc } from '../../../../_lib/media.ts';
import { formatPercent } from '../../../../_lib/format.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { ClassBadge } from '../../../../_ui/class-badge.tsx';

const EXAMPLE = [0.52, 0.31, 0.09, 0.05, 0.03];
const SHOWN = 6;

/** One real prediction of this project at temperature T: small T is peaky, large T is flat. */
export function TemperaturePlot({ temperature }: { temperature: number }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, classes: projectClasses, may } = useProject();
  const sample = useQuery(
    trpc.run.samplePrediction.queryOptions(
      { projectId: project.id },
      { staleTime: Infinity, enabled: may('prediction:browse') },
    ),
  );
  const classes = sample.data?.classes ?? projectClasses;
  const stored = sample.data?.probabilities ?? EXAMPLE.slice(0, Math.max(2, Math.min(EXAMPLE.length, classes.length)));
  const shaped = atTemperature(stored, temperature);
  const rows = classes
    .slice(0, shaped.length)
    .map((look, index) => ({ look, before: stored[index] ?? 0, after: shaped[index] ?? 0 }))
    .sort((a, b) => b.before - a.before)
    .slice(0, SHOWN);
  return (
    <figure className="flex gap-4">
      {sample.data && (
        <img
          src={thumbnailSrc(project.id, sample.data.imageId)}
          alt={t('newrun.imageOf')}
          className="size-20 shrink-0 rounded-md border border-line bg-sunken object-contain"
        />
      )}
      <div className="min-w-0 flex-1">
        <ul className="space-y-1">
          {rows.map(({ look, before, after }) => (
            <li key={look.id} className="flex items-center gap-2 text-xs">
              <span className="w-24 shrink-0">
                <ClassBadge look={look} size="sm" />
              </span>
              <span className="relative h-3.5 min-w-0 flex-1 rounded-sm bg-hover" aria-hidden>
                <span
                  className="absolute inset-y-0 left-0 rounded-sm transition-[width] duration-150"
                  style={{ width: `${after * 100}%`, background: classColour(look.colour) }}
                />
                <span className="absolute -inset-y-0.5 w-0.5 bg-ink" style={{ left: `${before * 100}%` }} />
              </span>
              <span className="w-12 shrink-0 text-right tabular">{formatPercent(after)}</span>
              <span className="sr-only">{t('newrun.atOne', { share: formatPercent(before) })}</span>
            </li>
          ))}
        </ul>
        <figcaption className="mt-1.5 text-xs text-muted">
          {sample.data ? t('newrun.realPrediction', { run: sample.data.runNumber }) : t('newrun.examplePrediction')}
        </figcaption>
      </div>
    </figure>
  );
}
