'use client';
import { useText } from '../../../_text/text.tsx';
import { thumbnailSrc } from '../../../_lib/media.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import type { useGuide } from './use-guide.ts';

/** What each class means, in words and examples, where leads have said so. */
export function ClassGuide({ described }: Pick<ReturnType<typeof useGuide>, 'described'>) {
  const { t } = useText();
  const { project } = useProject();
  const told = described.filter(({ one, words }) => words !== '' || one.exampleIds.length > 0);
  if (told.length === 0) return null;
  return (
    <dl className="mt-4 space-y-3 border-t border-line pt-3" aria-label={t('label.classesDescribed')}>
      {told.map(({ one, words }) => (
        <div key={one.id}>
          <dt className="text-sm font-medium">
            <ClassBadge look={one} size="sm" />
          </dt>
          <dd className="mt-1 space-y-1.5">
            {words !== '' && <p className="text-sm whitespace-pre-line text-muted">{words}</p>}
            {one.exampleIds.length > 0 && (
              <div className="flex flex-wrap gap-1">
                {one.exampleIds.map((id) => (
                  <img
                    key={id}
                    src={thumbnailSrc(project.id, id)}
                    alt={t('label.example', { class: one.name })}
                    loading="lazy"
                    className="size-14 rounded-md border border-line bg-sunken object-contain"
                    onError={(event) => {
                      event.currentTarget.hidden = true;
                    }}
                  />
                ))}
              </div>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}
