import type { ReactNode } from 'react';
import type { Permission } from '../../../main/contract/web/permissions.ts';
import { failureOf } from '../../api/client.ts';
import { Loading } from '../../ui/Loading.tsx';
import { ErrorPanel, NoPermission, SignInNeeded } from '../../ui/panels.tsx';
import { SignInButton } from './SignInButton.tsx';
import { useSession } from './use-session.ts';

/** Shows its content to whoever has the permission; to others, what they can do about it. */
export function Protected({ permission, children }: { permission: Permission; children: ReactNode }) {
  const { known, error, retry, session } = useSession();
  if (!known) return error ? <ErrorPanel failure={failureOf(error)} onRetry={retry} alone /> : <Loading place="page" />;
  if (session === null) return <SignInNeeded action={<SignInButton />} />;
  return session.permissions.includes(permission) ? children : <NoPermission />;
}
