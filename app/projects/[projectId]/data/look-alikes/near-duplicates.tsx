'use client';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { useEvent } from '../../../../_lib/socket.ts';
import { Badge } from '../../../../_ui/badge.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { ErrorState } from '../../../../_ui/states.tsx';
import { sameAs } from '../../gallery/aside-reason.ts';
import { useStroke } from '../../gallery/use-stroke.ts';
import { PairSide } from './pair-card.tsx';

type Pair = Outputs['image']['nearDuplicates']['pairs'][number];
type Member = Pair['image'];

/**
 * Pairs that are nearly the same to the backbone, the closest first: one scene taken twice, a picture cut or
 * brightened. One of the pool can be put aside; what is measured on stays.
 */
export function NearDuplicates({ projectId }: { projectId: string }) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const pages = useInfiniteQuery(
    trpc.image.nearDuplicates.infiniteQueryOptions({ projectId }, { getNextPageParam: (page) => page.nextCursor }),
  );
  const refresh = () => void queryClient.invalidateQueries(trpc.image.nearDuplicates.pathFilter());
  useEvent('features:progressed', refresh);
  useEvent('images:changed', refresh);
  const stroke = useStroke(projectId, refresh);
  const pairs = pages.data?.pages.flatMap((page) => page.pairs) ?? [];
  const putAside = ({ id }: Member, twin: Member) =>
    stroke.run({ kind: 'exclude', reason: sameAs(twin.fileName) }, { kind: 'images', imageIds: [id], found: {} });
  return (
    <section aria-labelledby="nearly-the-same" className="mt-8">
      <h2 id="nearly-the-same" className="text-base">
        {t('data.nearlySame')}
      </h2>
      <p className="mt-0.5 mb-4 max-w-prose text-sm text-pretty text-muted">{t('data.nearlySameWhy')}</p>
      {pages.isPending && <Loading />}
      {pages.error && pairs.length === 0 && <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />}
      {pages.data && pairs.length === 0 && (
        <p className="rounded-lg border border-dashed border-line-strong px-4 py-6 text-center text-sm text-muted">
          {t('data.nearlyNone')}
        </p>
      )}
      {pairs.length > 0 && (
        <ul aria-label={t('data.nearlySame')} className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
          {pairs.map((pair) => (
            <li key={`${pair.image.id}${pair.twin.id}`}>
              <NearCard pair={pair} busy={stroke.busy} onPutAside={putAside} />
            </li>
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <div className="mt-4 text-center">
          <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
            {t('common.showMore')}
          </Button>
        </div>
      )}
    </section>
  );
}

function NearCard({
  pair: { image, twin },
  busy,
  onPutAside,
}: {
  pair: Pair;
  busy: boolean;
  onPutAside: (image: Member, twin: Member) => void;
}) {
  const { t } = useText();
  const isContradiction = image.classId !== null && twin.classId !== null && image.classId !== twin.classId;
  return (
    <article className="rounded-lg border border-line bg-panel p-3">
      <div className="grid grid-cols-2 gap-3">
        {[
          { own: image, other: twin },
          { own: twin, other: image },
        ].map(({ own, other }) => (
          <div key={own.id} className="min-w-0">
            <PairSide image={own} split={own.split} />
            {own.split === 'pool' && (
              <Button
                size="sm"
                variant="ghost"
                className="mt-1.5 -ml-2"
                aria-label={t('data.putAsideOf', { file: own.fileName })}
                disabled={busy}
                onClick={() => onPutAside(own, other)}
              >
                {t('data.putAside')}
              </Button>
            )}
          </div>
        ))}
      </div>
      {isContradiction && (
        <p className="mt-2">
          <Badge tone="warn">{t('data.labelsDiffer')}</Badge>
        </p>
      )}
    </article>
  );
}
