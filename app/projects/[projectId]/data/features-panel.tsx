'use client';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { useTRPC } from '../../../_lib/api.ts';
import type { Outputs } from '../../../_lib/api.ts';
import { plural } from '../../../_lib/format.ts';
import { useEvent } from '../../../_lib/socket.ts';
import { projectHref } from '../../../_shell/nav.ts';
import { useProject } from '../../../_shell/project.tsx';
import { Badge } from '../../../_ui/badge.tsx';
import { Button } from '../../../_ui/form/button.tsx';
import { Panel } from '../../../_ui/panel.tsx';
import { Progress } from '../../../_ui/progress.tsx';
import { Notice } from '../../../_ui/states.tsx';

/** While images are embedded figures are asked for this often, also when nothing is announced, ms. */
const ASK_MS = 5000;

type FeatureSet = Outputs['image']['features'][number];

/** How far the images are embedded: what similar images, the order of questions and the live teacher rest on. */
export function FeaturesPanel() {
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
    <Panel
      title="What the backbone sees"
      description={
        'Each image is embedded once as it arrives. Similar images, the order of questions and the live ' +
        'teacher rest on it.'
      }
    >
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
                  Try again
                </Button>
              )
            }
          >
            Some images could not be embedded. {own.message}
          </Notice>
        )}
        {own.backbone === null && (
          <Notice
            tone="neutral"
            action={
              may('run:start') && (
                <Button asChild size="sm">
                  <Link href={projectHref(project.id, 'runs/new')}>Import a backbone</Link>
                </Button>
              )
            }
          >
            No backbone is here, so only edges and colours are compared. With one, photos are told apart from a few
            labels on; images are then embedded anew in the background.
          </Notice>
        )}
      </div>
    </Panel>
  );
}

function SetProgress({ set }: { set: FeatureSet }) {
  const { backbone, side, done, total, imagesPerSecond, used } = set;
  const name = backbone ?? 'Edges and colours';
  if (done >= total)
    return (
      <p className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm">
        <span className="font-medium">{name}</span>
        <span className="text-muted tabular">
          {plural(total, 'image')} at {side} px
        </span>
        {used && <Badge tone="good">in use</Badge>}
      </p>
    );
  return (
    <Progress
      label={`${name}, ${side} px${used ? '' : ', in the background'}`}
      done={done}
      total={total}
      noun="images"
      rate={imagesPerSecond}
      secondsLeft={imagesPerSecond ? (total - done) / imagesPerSecond : null}
    />
  );
}
