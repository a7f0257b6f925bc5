import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/client.ts';

/** How often an archive that does not answer is looked at, ms. */
const LOOK_MS = 10_000;

/**
 * The archives as they are now. That one rests is not on the ledger, so no event tells of it: while one does not stand as
 * it should, it is asked again by time.
 */
export function useDestinations() {
  return useQuery(
    api.archive.destinations.queryOptions({
      refetchInterval: ({ state }) => (state.data?.some((one) => one.waiting > 0 || one.breaker.failures > 0) ? LOOK_MS : false),
    }),
  );
}
