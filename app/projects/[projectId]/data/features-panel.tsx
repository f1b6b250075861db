'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Progress } from '../../../_ui/progress.tsx';
import { Notice } from '../../../_ui/states.tsx';
import { readStored } from '../../../_lib/error.ts';

/** While images are embedded figures are asked for this often, also when nothing is announced, ms. */
const ASK_MS = 5000;

type FeatureSet = Outputs['image']['features'][number];

/** How far the images are embedded: what similar images, the order of questions and the live teacher rest on. */
export function FeaturesPanel() {
  const { t } = useText();
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const features = useQuery(
    trpc.image.features.queryOptions(
      { projectId: project.id },
      { refetchInterval: ({ state }) => (state.data?.some((set) => set.done < set.total) ? ASK_MS : false) },
    ),
  );
  const refresh = () => void queryClient.invalidateQueries(trpc.image.features.queryFilter({ projectId: project.id }));
  useEvent('features:progressed', refresh);
  useEvent('image:imported', refresh);
  const retry = useMutation(trpc.image.retryFeatures.mutationOptions({ onSuccess: refresh }));
  const sets = features.data ?? [];
  const own = sets[0];
  if (own === undefined || own.total === 0) return null;
  return (
    <Panel title={t('data.features')} description={t('data.featuresWhy')}>
      <div className="space-y-4">
        {sets.map((set) => (
          <SetProgress key={set.setId} set={set} />
        ))}
        {own.message !== null && (
          <Notice
            tone="bad"
            action={
              may('image:import') && (
                <Button size="sm" busy={retry.isPending} onClick={() => retry.mutate({ projectId: project.id })}>
                  {t('common.tryAgain')}
                </Button>
              )
            }
          >
            {t('data.notEmbedded', { message: readStored(own.said, own.message) })}
          </Notice>
        )}
        {own.backbone === null && (
          <Notice
            tone="neutral"
            action={
              may('run:start') && (
                <Button asChild size="sm">
                  <Link href={projectHref(project.id, 'runs/new')}>{t('data.importBackbone')}</Link>
                </Button>
              )
            }
          >
            {t('data.noBackbone')}
          </Notice>
        )}
      </div>
    </Panel>
  );
}

function SetProgress({ set }: { set: FeatureSet }) {
  const { t } = useText();
  const { backbone, side, done, total, imagesPerSecond, used } = set;
  const name = backbone ?? t('data.edges');
  if (done >= total)
    return (
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className="font-medium">{name}</span>
        <span className="text-muted tabular">{t('data.imagesAt', { total, side })}</span>
        {used && <Badge tone="good">{t('data.inUse')}</Badge>}
      </p>
    );
  return (
    <Progress
      label={t(used ? 'data.featureSet' : 'data.featureSetBehind', { name, side })}
      done={done}
      total={total}
      noun={t('label.images')}
      rate={imagesPerSecond}
      secondsLeft={imagesPerSecond ? (total - done) / imagesPerSecond : null}
    />
  );
}
