'use client';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTRPC } from '../_lib/api.ts';

/** How the organization's backbones are called, by id. */
export function useBackboneNames(projectId: string): ReadonlyMap<string, string> {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.run.backbones.queryOptions({ projectId }));
  return useMemo(() => new Map(data?.map(({ id, name }) => [id, name])), [data]);
}
