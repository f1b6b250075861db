import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { toast } from 'sonner';
import { CHANGE_MOST } from '#core/image/change.ts';
import type { ImageChange } from '#core/image/change.ts';
import { useText } from '../../../_text/text.tsx';
import { useTRPC } from '../../../_lib/api.ts';
import { newId } from '../../../_lib/id.ts';
import { readError } from '../../../_lib/error.ts';
import { describeChange, doingWords } from './change-words.ts';
import type { GalleryFilter } from './gallery-filter.ts';

/** These images, picked from what a filter shows, or all that it finds. */
export type StrokeTarget =
  | { kind: 'images'; imageIds: readonly string[]; found: GalleryFilter }
  | { kind: 'filter'; filter: GalleryFilter; total: number | null };

export interface StrokeProgress {
  label: string;
  done: number;
  total: number | null;
  /** Since it began. */
  seconds: number;
}

/**
 * Changes images piece by piece, with progress; each stroke can be stopped between two pieces, and taken back whole
 * from its toast.
 */
export function useStroke(projectId: string, onDone: () => void = () => undefined) {
  const { t } = useText();
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [progress, setProgress] = useState<StrokeProgress | null>(null);
  const stopped = useRef(false);
  const change = useMutation(trpc.gallery.change.mutationOptions());
  const undo = useMutation(trpc.gallery.undoChange.mutationOptions());
  const refresh = () => {
    void queryClient.invalidateQueries(trpc.gallery.pathFilter());
    void queryClient.invalidateQueries(trpc.label.progress.queryFilter({ projectId }));
  };

  const takeBack = async (strokeId: string, images: number) => {
    const startedAt = Date.now();
    let done = 0;
    try {
      for (let left = true; left;) {
        setProgress({ label: t('change.takingBack'), done, total: images, seconds: (Date.now() - startedAt) / 1000 });
        const step = await undo.mutateAsync({ projectId, strokeId });
        done += step.returned;
        ({ left } = step);
      }
      toast.success(t('change.asBefore', { count: done }));
    } catch {
      // The query client has told why.
    } finally {
      setProgress(null);
      refresh();
    }
  };

  const run = async (what: ImageChange, target: StrokeTarget) => {
    const strokeId = newId();
    const startedAt = Date.now();
    const total = target.kind === 'images' ? target.imageIds.length : target.total;
    const sum = { changed: 0, kept: 0, runs: [] as number[] };
    stopped.current = false;
    try {
      let after: string | null = null;
      /** Images of a selection that come after this piece. */
      let rest = target.kind === 'images' ? [...target.imageIds] : [];
      do {
        setProgress({
          label: doingWords(t, what),
          done: sum.changed + sum.kept,
          total,
          seconds: (Date.now() - startedAt) / 1000,
        });
        const now = rest.slice(0, CHANGE_MOST);
        rest = rest.slice(CHANGE_MOST);
        const piece: Awaited<ReturnType<typeof change.mutateAsync>> = await change.mutateAsync({
          projectId,
          strokeId,
          change: what,
          target:
            target.kind === 'images'
              ? { kind: 'images', imageIds: now, found: target.found }
              : { kind: 'filter', filter: target.filter, after },
        });
        sum.changed += piece.changed;
        sum.kept += piece.kept;
        sum.runs = piece.runs;
        ({ after } = piece);
      } while ((after !== null || rest.length > 0) && !stopped.current);
      onDone();
    } catch (error) {
      if (sum.changed > 0) toast.warning(t('change.stopped'), { description: readError(error).message });
    } finally {
      setProgress(null);
      refresh();
    }
    const { title, description } = describeChange(t, what, sum);
    if (sum.changed === 0) {
      if (description !== '') toast.info(title, { description });
      return;
    }
    toast.success(title, {
      description,
      duration: 15_000,
      action: { label: t('hand.undo'), onClick: () => void takeBack(strokeId, sum.changed) },
    });
  };
  return {
    busy: progress !== null,
    progress,
    run: (what: ImageChange, target: StrokeTarget) => void run(what, target),
    /** Takes a stroke back that another page made. */
    takeBack: (strokeId: string, images: number) => void takeBack(strokeId, images),
    stop: () => {
      stopped.current = true;
    },
  };
}
