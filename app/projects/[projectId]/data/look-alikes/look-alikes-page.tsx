'use client';
import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { adviseLookAlikes } from '#core/image/look-alikes.ts';
import { useText } from '../../../../_text/text.tsx';
import { useTRPC } from '../../../../_lib/api.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Confirm } from '../../../../_ui/dialog.tsx';
import { Page } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState, Notice } from '../../../../_ui/states.tsx';
import { NearDuplicates } from './near-duplicates.tsx';
import { PairCard } from './pair-card.tsx';
import { useLookAlikes } from './use-look-alikes.ts';

/** Validation and test images beside the pool images that they look like, and the one thing to do about them. */
export function LookAlikesPage() {
  const { t } = useText();
  const { project, may } = useProject();
  const trpc = useTRPC();
  const counts = useQuery(
    trpc.image.lookAlikeCounts.queryOptions({ projectId: project.id }, { enabled: may('image:import') }),
  );
  const { pages, move } = useLookAlikes(project.id, may('image:import'));
  const [asking, setAsking] = useState(false);
  if (!may('image:import'))
    return (
      <EmptyState isPage title={t('data.leadsSplits')}>
        {t('data.askLeadAlike')}
      </EmptyState>
    );
  const pairs = pages.data?.pages.flatMap((page) => page.pairs) ?? [];
  const advice = counts.data ? adviseLookAlikes(t, counts.data) : null;
  const twins = counts.data?.alike.pool ?? 0;
  return (
    <Page
      title={t('data.lookAlikes')}
      description={t('data.alikeWhy')}
      actions={
        twins > 0 && (
          <Button variant={advice?.many ? 'secondary' : 'primary'} onClick={() => setAsking(true)}>
            {t('data.moveAll', { count: twins })}
          </Button>
        )
      }
    >
      <div className="space-y-5">
        {advice !== null && <Notice tone={advice.many ? 'neutral' : 'warn'}>{advice.text}</Notice>}
        {pages.isPending && <Loading />}
        {pages.error && pairs.length === 0 && <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />}
        {pages.data && pairs.length === 0 && (
          <EmptyState
            icon={<Copy size={18} />}
            title={t('data.noneAlike')}
            className="rounded-lg border border-dashed border-line-strong"
          >
            {t('data.noneAlikeWhy')}
          </EmptyState>
        )}
        {pairs.length > 0 && (
          <ul aria-label={t('data.pairs')} className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
            {pairs.map((pair) => (
              <li key={`${pair.image.id}${pair.twin.id}`}>
                <PairCard pair={pair} busy={move.isPending} onMove={() => move.mutate([pair.twin.id])} />
              </li>
            ))}
          </ul>
        )}
        {pages.hasNextPage && (
          <div className="text-center">
            <Button busy={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
              {t('common.showMore')}
            </Button>
          </div>
        )}
      </div>
      <NearDuplicates projectId={project.id} />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={t('data.moveOut', { count: twins })}
        action={t('data.move')}
        onConfirm={() => move.mutateAsync(null)}
      >
        {t('data.moveWhy')}
      </Confirm>
    </Page>
  );
}
