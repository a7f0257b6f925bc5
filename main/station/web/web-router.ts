import { implement, type Router } from '@orpc/server';
import { failed } from '../../contract/errors.ts';
import { type WebContract, webContract } from '../../contract/web/index.ts';
import { isAllowed } from '../../contract/web/permissions.ts';
import { accessOf } from '../../identity/index.ts';
import { tellingFailure } from '../tell-failure.ts';
import { allStationsHandlers } from './all-stations-handlers.ts';
import { archiveHandlers } from './archive-handlers.ts';
import { cameraHandlers } from './camera-handlers.ts';
import { caseHandlers } from './case-handlers.ts';
import { recordingHandlers } from './recording-handlers.ts';
import { sessionHandlers } from './session-handlers.ts';
import { stationHandlers } from './station-handlers.ts';
import { wallHandlers } from './wall-handlers.ts';
import type { GuardedContract, WebContext } from './web-context.ts';

/** The web contract with the one check that stands before every procedure: does this person's role allow it. */
const guarded: GuardedContract = implement(webContract)
  .$context<WebContext>()
  .use(({ context, next }) => tellingFailure({ next: () => next({ context }) }))
  .use(async ({ context, procedure, path, next, errors }) => {
    const permission = procedure['~orpc'].meta.permission;
    if (permission === 'public') return next({ context });
    const what = path.join('.');
    if (!context.session) throw errors.UNAUTHORIZED({ data: failed('session.needed', what).failure });
    const access = accessOf(context.station.ledger, context.session.personId);
    // A procedure without a permission is open to nobody; a test sees to it that there is none.
    if (!permission || !access || !isAllowed(access.roles, permission)) {
      throw errors.FORBIDDEN({ data: failed('session.not-allowed', what).failure });
    }
    return next({ context });
  });

/** The web interface's router: the same behind `/rpc-web` and `/api/v1`. */
export function createWebRouter(): Router<WebContract, WebContext> {
  return guarded.router({
    session: sessionHandlers(guarded),
    wall: wallHandlers(guarded),
    recordings: recordingHandlers(guarded),
    cases: caseHandlers(guarded),
    archive: { ...archiveHandlers(guarded), ...allStationsHandlers(guarded) },
    cameras: cameraHandlers(guarded),
    station: stationHandlers(guarded),
  });
}
