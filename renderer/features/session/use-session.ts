import { useQuery } from '@tanstack/react-query';
import type { Permission } from '../../../main/contract/web/permissions.ts';
import type { SignedIn } from '../../../main/contract/web/session.ts';
import { api, queryClient } from '../../api/client.ts';

/** Who is signed in at this screen; `session` is null for nobody, and while that is not known yet (`known` false). */
export function useSession() {
  const { data, error, refetch } = useQuery(api.session.current.queryOptions());
  return {
    known: data !== undefined,
    error,
    retry: () => void refetch(),
    session: data?.session ?? null,
    needsSetUp: data?.needsSetUp ?? false,
    stationCode: data?.stationCode ?? null,
    version: data?.version ?? null,
  };
}

/** Whether whoever is signed in may do something: for showing or hiding a button; the station decides again by itself. */
export function useCan(permission: Permission): boolean {
  return useSession().session?.permissions.includes(permission) ?? false;
}

/** Takes in a new sign-in: what others could see is forgotten, and the session is known without asking. */
export function rememberSession(session: SignedIn): void {
  forgetEvidence();
  queryClient.setQueryData(api.session.current.queryKey(), (old) => old && { ...old, session, needsSetUp: false });
  void queryClient.invalidateQueries({ queryKey: api.session.current.key() });
}

/** After a sign-out, by hand or by time: nothing that needed the sign-in stays on the screen. */
export function forgetSession(): void {
  queryClient.setQueryData(api.session.current.queryKey(), (old) => old && { ...old, session: null });
  forgetEvidence();
  void queryClient.invalidateQueries({ queryKey: api.session.current.key() });
}

function forgetEvidence(): void {
  const open = [api.wall.key(), api.session.current.key()].map((key) => JSON.stringify(key[0]));
  queryClient.removeQueries({ predicate: ({ queryKey }) => !open.some((path) => JSON.stringify(queryKey[0]).startsWith(path.slice(0, -1))) });
}
