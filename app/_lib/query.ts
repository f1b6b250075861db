import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { toast } from 'sonner';
import { readError } from './error.ts';

declare module '@tanstack/react-query' {
  interface Register {
    /** `quiet` mutations and queries show their own errors, without a toast. */
    mutationMeta: { quiet?: boolean };
    queryMeta: { quiet?: boolean };
  }
}

const RETRYABLE = new Set(['NETWORK', 'TOO_SLOW', 'UNAVAILABLE', 'INTERNAL', 'RATE_LIMITED']);

const tell = (error: unknown): void => {
  const { title, message, code } = readError(error);
  toast.error(title, { description: message, id: `error-${code}-${message}` });
};

/**
 * One client a browser tab. Pages show errors of their first load themselves; a failed refresh or change is told in a
 * toast.
 */
export const makeQueryClient = (): QueryClient =>
  new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // Asked once even offline: a page that was kept answers (app/_offline).
        networkMode: 'offlineFirst',
        retry: (failures, error) => failures < 2 && RETRYABLE.has(readError(error).code),
        refetchOnWindowFocus: false,
      },
    },
    queryCache: new QueryCache({
      onError: (error, query) => {
        if (query.state.data !== undefined && query.meta?.quiet !== true) tell(error);
      },
    }),
    mutationCache: new MutationCache({
      onError: (error, _variables, _context, mutation) => {
        if (mutation.meta?.quiet !== true) tell(error);
      },
    }),
  });
