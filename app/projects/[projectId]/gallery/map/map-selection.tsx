'use client';
import { useMutation } from '@tanstack/react-query';
import { Grid3x3, MessageSquareWarning } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useMemo } from 'react';
import { toast } from 'sonner';
import type { UnpackedMap } from '#core/round/point-map.ts';
import { useTRPC } from '../../../../_lib/api.ts';
import { keepPicked, PICKED_MOST } from '../../../../_lib/picked.ts';
import { useText } from '../../../../_text/text.tsx';
import { projectHref } from '../../../../_shell/nav.ts';
import { useProject } from '../../../../_shell/project.tsx';
import { Button } from '../../../../_ui/form/button.tsx';
import { BulkBar } from '../bulk-bar.tsx';

/** They were found by how a model places them: none of them may be moved into validation or test (IMAGE-21). */
const BY_MODEL = { confidenceFrom: 0 };
const nothing = (): void => undefined;

/** What can be done with what was caught on a map. */
export function MapSelection({
  map,
  selected,
  roundId,
  onClear,
}: {
  map: UnpackedMap;
  selected: Uint8Array;
  roundId: string | null;
  onClear: () => void;
}) {
  const { t } = useText();
  const { project, may } = useProject();
  const router = useRouter();
  const trpc = useTRPC();
  // The names of points stay the same while labels come in.
  const { imageIdOf } = map;
  const imageIds = useMemo(() => {
    const ids: string[] = [];
    selected.forEach((one, point) => {
      const id = one === 1 ? imageIdOf(point) : null;
      if (id !== null) ids.push(id);
    });
    return ids;
  }, [imageIdOf, selected]);
  const review = useMutation(
    trpc.insight.queueImages.mutationOptions({
      onSuccess: ({ queued, passed }) => {
        const told = t('map.waits', { count: queued });
        const rest = passed === 0 ? '' : t('map.passed', { count: passed });
        if (queued === 0) toast.info(t('map.nothingSent'), { description: rest });
        else toast.success(told, { description: rest });
        onClear();
      },
    }),
  );
  const label = () => {
    keepPicked(project.id, imageIds);
    router.push(`${projectHref(project.id, 'grid')}?picked=1`);
  };
  const isMany = imageIds.length > PICKED_MOST;
  const most = isMany ? t('map.most', { count: PICKED_MOST }) : undefined;
  return (
    <BulkBar selected={imageIds} all={false} filter={BY_MODEL} count={null} onAll={nothing} onClear={onClear}>
      <Button size="sm" icon={<Grid3x3 size={13} aria-hidden />} disabled={isMany} title={most} onClick={label}>
        {t('map.labelInGrid')}
      </Button>
      {may('review:manage') && (
        <Button
          size="sm"
          icon={<MessageSquareWarning size={13} aria-hidden />}
          busy={review.isPending}
          disabled={isMany}
          title={most}
          onClick={() => review.mutate({ projectId: project.id, imageIds, ...(roundId === null ? {} : { roundId }) })}
        >
          {t('map.toReview')}
        </Button>
      )}
    </BulkBar>
  );
}
