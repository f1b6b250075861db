'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Images, Map as MapIcon } from 'lucide-react';
import Link from 'next/link';
import { useTRPC } from '../../../../_lib/api.ts';
import type { Outputs } from '../../../../_lib/api.ts';
import { formatNumber, plural } from '../../../../_lib/format.ts';
import { useAnnouncePresence, useEvent } from '../../../../_lib/socket.ts';
import { useSettled } from '../../../../_runs/use-settled.ts';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { Page } from '../../../../_ui/panel.tsx';
import { Loading } from '../../../../_ui/spinner.tsx';
import { EmptyState, ErrorState } from '../../../../_ui/states.tsx';
import { FeatureMap } from './feature-map.tsx';

/** A map is asked for anew this long after the first of several changes, ms: a hundred thousand points are 700 kB. */
const REFRESH_MS = 4000;

/** The project's pool as its backbone sees it, before any run. */
export function MapPage() {
  const { project, may } = useProject();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  useAnnouncePresence(project.id, 'gallery', null);
  const input = { projectId: project.id };
  const seen = useQuery(trpc.gallery.map.queryOptions(input));
  const refresh = useSettled(() => void queryClient.invalidateQueries(trpc.gallery.map.queryFilter(input)), REFRESH_MS);
  useEvent('features:progressed', refresh);
  useEvent('teacher:refitted', refresh);
  useEvent('annotation:submitted', refresh);
  useEvent('images:changed', refresh);
  return (
    <Page
      title="Map"
      description={seen.data ? describe(seen.data) : 'Images that lie near each other look alike to the backbone.'}
      actions={
        <Button asChild>
          <Link href={projectHref(project.id, 'gallery')}>
            <Images size={14} aria-hidden /> Gallery
          </Link>
        </Button>
      }
    >
      {seen.isPending && <Loading className="h-96" />}
      {seen.error && <ErrorState error={seen.error} onRetry={() => void seen.refetch()} />}
      {seen.data === null || seen.data?.map.count === 0 ? (
        <EmptyState
          icon={<MapIcon size={18} />}
          title="No map yet"
          className="rounded-lg border border-dashed border-line-strong"
          action={
            may('image:import') && (
              <Button asChild variant="primary">
                <Link href={projectHref(project.id, 'data')}>Go to Data</Link>
              </Button>
            )
          }
        >
          Each image is placed on the map once it is embedded, seconds after it arrives. The Data page tells how far
          that is.
        </EmptyState>
      ) : (
        seen.data && <FeatureMap seen={seen.data} />
      )}
    </Page>
  );
}

function describe({ backbone, done, total, map }: NonNullable<Outputs['gallery']['map']>): string {
  const who = backbone ?? 'edges and colours (no backbone is here)';
  const rest = done < total ? ` So far ${formatNumber(done)} of ${formatNumber(total)} images are embedded.` : '';
  return `${plural(map.count, 'image')} of the pool by ${who}: near ones look alike to it.${rest}`;
}
