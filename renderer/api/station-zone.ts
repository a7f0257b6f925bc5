import { useQuery } from '@tanstack/react-query';
import { api } from './client.ts';

/** The zone the station tells its times in; null until the station has said it. */
export function useStationZone(): string | null {
  return useQuery(api.session.current.queryOptions()).data?.zone ?? null;
}
