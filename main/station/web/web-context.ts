import type { ImplementerInternalWithMiddlewares } from '@orpc/server';
import type { Actor } from '../../contract/values.ts';
import type { WebContract } from '../../contract/web/index.ts';
import type { Session, Sessions } from '../../identity/index.ts';
import type { Station } from '../open-station.ts';
import type { Names } from './names.ts';

/** What every procedure of the web interface works with. */
export type WebParts = { station: Station; sessions: Sessions; names: Names; mayGuess(): boolean; listening: Listening };

/** How many windows hear what happens, live. */
export type Listening = { windows: number };

/** One request: who is signed in on it, and how to change that. */
export type WebContext = WebParts & {
  session: Session | null;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
  /** Gives the browser a session's token, or takes it away. */
  setToken(token: string | null): void;
};

/** The contract behind its permission check, as handlers implement it. */
export type GuardedContract = ImplementerInternalWithMiddlewares<WebContract, WebContext, WebContext>;

/** The person behind a request, as the ledger names actors. */
export function actorOf(context: { session: Session | null }): Actor {
  if (!context.session) throw new Error('a procedure that acts for a person needs a permission');
  return { kind: 'person', id: context.session.personId };
}
