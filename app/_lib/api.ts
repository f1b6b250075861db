import { createTRPCClient, httpBatchLink, httpLink, splitLink } from '@trpc/client';
import type { TRPCLink } from '@trpc/client';
import { createTRPCContext } from '@trpc/tanstack-react-query';
import superjson from 'superjson';
import type { inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { AppRouter } from '#server/trpc/router.ts';

/**
 * The API, typed by the server's router (types only). In a component:
 * `const trpc = useTRPC(); useQuery(trpc.project.get.queryOptions({ projectId }))`.
 * `useTRPCClient()` calls directly, for pages by keyset and outboxes.
 */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export type Inputs = inferRouterInputs<AppRouter>;
export type Outputs = inferRouterOutputs<AppRouter>;

const link = { url: '/api/trpc', transformer: superjson };

/**
 * Calls pass `first` on their way. Those made in one tick share a request, but for those with
 * `context: { alone: true }`, which wait for nobody.
 */
export const makeApiClient = (...first: TRPCLink<AppRouter>[]) =>
  createTRPCClient<AppRouter>({
    links: [
      ...first,
      splitLink({
        condition: (operation) => operation.context['alone'] === true,
        true: httpLink(link),
        false: httpBatchLink({ ...link, maxURLLength: 2000, maxItems: 20 }),
      }),
    ],
  });
