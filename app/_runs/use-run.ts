'use client';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import type { RoundStage } from '#core/run/run.ts';
import { useTRPC } from '../_lib/api.ts';
import type { Outputs } from '../_lib/api.ts';
import { useEvent, useReconnect } from '../_lib/socket.ts';
import { addLivePoint } from '../_charts/live-points.ts';
import type { CurvePoint, LivePoint } from '../_charts/live-points.ts';
import { useSettled } from './use-settled.ts';

export type RunView = Outputs['run']['get'];
export type RunRound = RunView['rounds'][number];

export interface LiveProgress {
  roundId: string;
  stage: RoundStage;
  done: number;
  total: number;
  secondsLeft: number | null;
}

const PAGE = 5000;
const SETTLE_MS = 150;

/** A run that follows what happens: refetched on changes, with the newest progress of its working round. */
export function useRun(projectId: string, runId: string) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const run = useQuery(trpc.run.get.queryOptions({ projectId, runId }));
  const [progress, setProgress] = useState<LiveProgress | null>(null);
  const refresh = useSettled(
    () => void queryClient.invalidateQueries(trpc.run.get.queryFilter({ projectId, runId })),
    SETTLE_MS,
  );
  useEvent('run:changed', (event) => {
    if (event.runId !== runId) return;
    // Told at each new stage too: the progress of the one before is over, and not every stage has any.
    setProgress(null);
    refresh();
  });
  useEvent('run:described', (event) => event.runId === runId && refresh());
  useEvent('run:deleted', (event) => event.runId === runId && refresh());
  useEvent('round:ended', (event) => {
    if (event.runId !== runId) return;
    setProgress((held) => (held?.roundId === event.roundId ? null : held));
    refresh();
  });
  useEvent('round:progressed', (event) => {
    if (event.runId !== runId) return;
    setProgress((held) => {
      if (held?.roundId !== event.roundId || held.stage !== event.stage) refresh();
      return {
        roundId: event.roundId,
        stage: event.stage,
        done: event.done,
        total: event.total,
        secondsLeft: event.secondsLeft,
      };
    });
  });
  useEvent('review:arrived', (event) => event.runId === runId && refresh());
  useEvent('review:answered', refresh);
  useReconnect(() => setProgress(null));
  return { run, progress };
}

/** Points of every round, by round, in order of step: what is stored, and what arrives while one watches. */
export function useCurves(projectId: string, runId: string): ReadonlyMap<string, CurvePoint[]> {
  const trpc = useTRPC();
  const stored = useInfiniteQuery(
    trpc.run.curve.infiniteQueryOptions(
      { projectId, runId, limit: PAGE },
      {
        staleTime: 60_000,
        getNextPageParam: (page) => {
          const last = page.at(-1);
          return last && page.length === PAGE ? { roundId: last.roundId, step: last.step } : undefined;
        },
      },
    ),
  );
  const { hasNextPage, isFetching, fetchNextPage } = stored;
  useEffect(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);

  const [live, setLive] = useState<readonly LivePoint[]>([]);
  useEvent('round:curve', (event) => {
    if (event.runId !== runId) return;
    const { steps: _, ...point } = event.point;
    setLive((held) => addLivePoint(held, { ...point, roundId: event.roundId }));
  });
  return useMemo(() => {
    const rounds = new Map<string, Map<number, CurvePoint>>();
    for (const point of [...(stored.data?.pages.flat() ?? []), ...live]) {
      let points = rounds.get(point.roundId);
      if (!points) rounds.set(point.roundId, (points = new Map()));
      points.set(point.step, point);
    }
    return new Map([...rounds].map(([id, points]) => [id, [...points.values()].sort((a, b) => a.step - b.step)]));
  }, [stored.data, live]);
}
