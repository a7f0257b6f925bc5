import { createORPCClient, ORPCError } from '@orpc/client';
import { RPCLink } from '@orpc/client/fetch';
import type { ContractRouterClient } from '@orpc/contract';
import { createTanstackQueryUtils, type RouterUtils } from '@orpc/tanstack-query';
import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import type { Failure } from '../../main/contract/errors.ts';
import type { WebContract } from '../../main/contract/web/index.ts';

const link = new RPCLink({
  url: () => new URL('/rpc-web', window.location.href),
  fetch: (request, init) => fetch(request, { ...init, credentials: 'same-origin' }),
});

/** The station's procedures, called directly. Only the contract's types come into the browser, not its schemas. */
export const client: ContractRouterClient<WebContract> = createORPCClient(link);

/** The station's procedures as query and mutation options: `useQuery(api.cases.list.queryOptions({ input }))`. */
export const api: RouterUtils<typeof client> = createTanstackQueryUtils(client);

/** The failure the station gave with a refusal (401, 403); null when the error is something else. */
export function failureOf(error: unknown): Failure | null {
  return error instanceof ORPCError && isFailure(error.data) ? error.data : null;
}

function isFailure(data: unknown): data is Failure {
  return typeof data === 'object' && data !== null && 'code' in data && 'what' in data;
}

function isRefusal(error: unknown): boolean {
  return error instanceof ORPCError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN');
}

/** Nobody is signed in any more: ask who is. */
function onError(error: unknown): void {
  if (error instanceof ORPCError && error.code === 'UNAUTHORIZED') void queryClient.invalidateQueries({ queryKey: api.session.current.key() });
}

// What is shown is kept right by the event stream (app/live.ts), so nothing is asked again for its age.
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: {
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 5 * 60_000,
      refetchOnWindowFocus: false,
      // The station is on this machine: being offline does not matter.
      networkMode: 'always',
      retry: (count, error) => !isRefusal(error) && count < 2,
    },
    mutations: { networkMode: 'always' },
  },
});
