'use client';
import { useQuery } from '@tanstack/react-query';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { useProject } from '../../../_shell/project.tsx';
import { ClassBadge } from '../../../_ui/class-badge.tsx';
import { thumbnailUrl } from '../../../_labeling/media.ts';

/**
 * Images that the model sees as alike, with what people said of them. Its own guesses stay out, so that they cannot
 * lead.
 */
export function Similar({ imageId }: { imageId: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const { project, classById } = useProject();
  const similar = useQuery(
    trpc.review.similar.queryOptions({ projectId: project.id, imageId, limit: 9 }, { staleTime: 60_000 }),
  );
  const rows = similar.data ?? [];
  return (
    <section aria-label={t('review.similar')}>
      <h2 className="mb-1.5 text-xs font-medium text-muted">{t('review.similar')}</h2>
      {similar.isSuccess && rows.length === 0 && <p className="text-xs text-muted">{t('review.similarNone')}</p>}
      <ul className="grid min-h-16 grid-cols-3 gap-1.5">
        {rows.map((row, at) => {
          const look = row.classId === null ? undefined : classById.get(row.classId);
          return (
            <li key={row.imageId} className="min-w-0">
              <img
                src={thumbnailUrl(project.id, row.imageId)}
                alt={t('review.similarImage', { number: at + 1 })}
                loading="lazy"
                className="aspect-square w-full rounded-sm bg-sunken object-cover"
              />
              <span className="mt-0.5 flex h-4 items-center">
                {look === undefined ? (
                  <span className="text-2xs text-faint">{t('review.noLabel')}</span>
                ) : (
                  <ClassBadge look={look} size="sm" />
                )}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
