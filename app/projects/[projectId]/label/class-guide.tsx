'use client';
import { useText } from '../../../_text/text.tsx';
import { thumbnailSrc } from '../../../_lib/media.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';

/** What each class means, in words and examples, where leads have said so. */
export function ClassGuide() {
  const { t } = useText();
  const { project, classes } = useProject();
  const told = classes.filter(({ description, exampleIds }) => description !== '' || exampleIds.length > 0);
  if (told.length === 0) return null;
  return (
    <dl className="mt-4 space-y-3 border-t border-line pt-3" aria-label={t('label.classesDescribed')}>
      {told.map((one) => (
        <div key={one.id}>
          <dt className="text-sm font-medium">
            <ClassBadge look={one} size="sm" />
          </dt>
          <dd className="mt-1 space-y-1.5">
            {one.description !== '' && <p className="text-sm whitespace-pre-line text-muted">{one.description}</p>}
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
