'use client';
import { useText } from '../../../_text/text.tsx';
import { thumbnailUrl } from '../../../_labeling/media.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import type { Said } from './use-grid.ts';

/** Images on which the model said something else, shown at once. */
const SHOWN = 8;

/** After a stroke: how often the model would have said the same, and where not. */
export function ModelSaid({ said }: { said: readonly Said[] }) {
  const { t, format } = useText();
  const { project, classById } = useProject();
  if (said.length === 0) return null;
  const apart = said.filter(({ answer, guess }) => answer !== guess).sort((a, b) => b.confidence - a.confidence);
  return (
    <section
      aria-label={t('grid.modelSaid')}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line bg-panel px-4 py-2 text-sm"
    >
      <p role="status">
        {apart.length === 0
          ? said.length === 1
            ? t('grid.sameOne')
            : t('grid.sameAll', { count: said.length })
          : t('grid.sameSome', {
              same: said.length - apart.length,
              total: t('grid.imageCount', { count: said.length }),
            })}
      </p>
      <ul className="flex flex-wrap gap-x-4 gap-y-2">
        {apart.slice(0, SHOWN).map(({ imageId, guess, confidence }, at) => {
          const look = classById.get(guess);
          return (
            <li key={imageId} className="flex items-center gap-2">
              <img
                src={thumbnailUrl(project.id, imageId)}
                alt={t('grid.seesOtherwise', { number: at + 1 })}
                className="size-8 rounded-sm bg-sunken object-cover"
              />
              {look !== undefined && <ClassBadge look={look} size="sm" />}
              <span className="text-xs text-muted tabular">{format.percent(confidence, 0)}</span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
