'use client';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useMemo, useRef, useState } from 'react';
import { patchMap, unpackMap } from '#core/round/point-map.ts';
import type { PackedMap, UnpackedMap } from '#core/round/point-map.ts';
import { useTRPC, useTRPCClient } from '../../../../_lib/api.ts';
import { useEvent } from '../../../../_lib/socket.ts';
import { useSettled } from '../../../../_runs/use-settled.ts';
import { useProject } from '../../../../_shell/project.tsx';

/** Labels that came in are asked for this long after the first of them, ms, at most so many at a time. */
const PATCH_MS = 1500;
const PATCH_MOST = 1000;
/**
 * A whole map, 3 MB of 100,000 points, is asked for this long after the first change, and not sooner than so long after
 * the last time, ms; more often while images are still embedded and the map grows.
 */
const SOON_MS = 4000;
const GROWING_MS = 10_000;
const APART_MS = 60_000;

/**
 * The map of the project, kept up to date: labels that come in change their points alone; guesses of a model that
 * learned anew, and images that came or went, bring a whole map, once a minute at most.
 * @param roundId whose guesses are shown; null: whoever speaks for the project
 */
export function useLiveMap(roundId: string | null) {
  const { project, may } = useProject();
  const projectId = project.id;
  const seesAll = may('annotation:adjudicate');
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const of = roundId === null ? {} : { roundId };
  const seen = useQuery(trpc.gallery.map.queryOptions({ projectId, ...of }));
  const [patched, setPatched] = useState<{ of: PackedMap; map: UnpackedMap } | null>(null);
  const packed = seen.data?.map ?? null;
  const whole = useMemo(() => (packed === null ? null : unpackMap(packed)), [packed]);
  const map = patched !== null && patched.of === packed ? patched.map : whole;

  const waiting = useRef(new Set<string>());
  const isGrowing = !seen.data || seen.data.done < seen.data.total;
  const askWhole = useSpaced(isGrowing ? GROWING_MS : APART_MS, () => {
    waiting.current.clear();
    void queryClient.invalidateQueries(trpc.gallery.map.queryFilter({ projectId, ...of }));
  });
  const patch = async (): Promise<void> => {
    const imageIds = [...waiting.current];
    waiting.current.clear();
    if (packed === null || seen.data === null || seen.data === undefined || map === null) return;
    if (imageIds.length > PATCH_MOST) return askWhole();
    try {
      const told = await client.gallery.mapPoints.query({ projectId, imageIds, ...of });
      const isSame = (a: readonly string[], b: readonly string[]): boolean => a.join('\n') === b.join('\n');
      if (!isSame(told.classIds, seen.data.classIds) || !isSame(told.tags, seen.data.tags)) return askWhole();
      setPatched((before) => {
        const base = before !== null && before.of === packed ? before.map : whole;
        return base === null ? before : { of: packed, map: patchMap(base, told.points) };
      });
    } catch {
      // The next change asks again; what is drawn is a little old meanwhile.
    }
  };
  const patchSoon = useSettled(() => void patch(), PATCH_MS);
  useEvent('annotation:submitted', (event) => {
    if (event.projectId !== projectId) return;
    // To others a point opens with their answer, and has no name before.
    if (!seesAll) return askWhole();
    waiting.current.add(event.imageId);
    patchSoon();
  });
  const askHere = (event: { projectId: string }): void => {
    if (event.projectId === projectId) askWhole();
  };
  useEvent('features:progressed', askHere);
  useEvent('teacher:refitted', askHere);
  useEvent('images:changed', askHere);
  useEvent('class:changed', askHere);
  return { seen, map };
}

/** Calls `handler` soon after the first of several calls, never sooner than `apart` ms after the last; none is lost. */
function useSpaced(apart: number, handler: () => void): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  const lastAt = useRef(-Infinity);
  const fire = useEffectEvent(() => handler());
  const live = useRef<(() => void) | null>(null);
  useEffect(() => {
    live.current = () => fire();
    return () => {
      live.current = null;
      if (timer.current !== null) clearTimeout(timer.current);
    };
  }, []);
  return () => {
    if (timer.current !== null) return;
    const wait = Math.max(SOON_MS, lastAt.current + apart - performance.now());
    timer.current = setTimeout(() => {
      timer.current = null;
      lastAt.current = performance.now();
      live.current?.();
    }, wait);
  };
}
