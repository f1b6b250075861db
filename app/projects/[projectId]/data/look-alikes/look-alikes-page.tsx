'use client';
import { useQuery } from '@tanstack/react-query';
import { Copy } from 'lucide-react';
import { useState } from 'react';
import { adviseLookAlikes } from '#core/image/look-alikes.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { formatNumber, plural } from '../../../../_lib/format.ts';
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
  const { project, may } = useProject();
  const trpc = useTRPC();
  const counts = useQuery(
    trpc.image.lookAlikeCounts.queryOptions({ projectId: project.id }, { enabled: may('image:import') }),
  );
  const { pages, move } = useLookAlikes(project.id, may('image:import'));
  const [asking, setAsking] = useState(false);
  if (!may('image:import'))
    return (
      <EmptyState isPage title="Leads look after the splits">
        Ask a lead which images look alike.
      </EmptyState>
    );
  const pairs = pages.data?.pages.flatMap((page) => page.pairs) ?? [];
  const advice = counts.data ? adviseLookAlikes(counts.data) : null;
  const twins = counts.data?.alike.pool ?? 0;
  return (
    <Page
      title="Look-alikes"
      description={
        'Images on which a model is measured, each beside a pool image that it could have learned the ' +
        'answer from: one scene taken twice, or one picture saved again.'
      }
      actions={
        twins > 0 && (
          <Button variant={advice?.many ? 'secondary' : 'primary'} onClick={() => setAsking(true)}>
            {twins === 1 ? 'Move it out of the pool' : `Move all ${formatNumber(twins)} out of the pool`}
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
            title="Nothing looks alike across the splits"
            className="rounded-lg border border-dashed border-line-strong"
          >
            Every import is compared with all that was there before it. Splits drawn at import keep look-alikes
            together; folders that name the splits may not.
          </EmptyState>
        )}
        {pairs.length > 0 && (
          <ul aria-label="Pairs" className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
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
              Show more
            </Button>
          </div>
        )}
      </div>
      <NearDuplicates projectId={project.id} />
      <Confirm
        open={asking}
        onOpenChange={setAsking}
        title={`Move ${plural(twins, 'image')} out of the pool?`}
        action="Move"
        onConfirm={() => move.mutateAsync(null)}
      >
        Each goes to the split of the image that it looks like, with its labels, so that nothing of the kind is learned
        from any more. What models said of these images and asked about them goes. You can take it back right after.
      </Confirm>
    </Page>
  );
}
