import { z } from 'zod';
import { done, failed, type Result } from '../../contract/errors.ts';
import { MAX_VIEWS, SavedView } from '../../contract/web/recordings.ts';
import { actorOf, type WebContext } from './web-context.ts';

/**
 * A person's saved views of the list. They say whom and what somebody looks for, so they are a private record of that
 * person: encrypted at rest, erased with its key, in every backup. Not on the ledger, because nothing happened to evidence;
 * not in the working state, because that can be worked out again and this can not.
 */
const KIND = 'views';
const Stored = z.object({ views: z.array(SavedView) });

export function viewsOf(context: WebContext): SavedView[] {
  const stored = context.station.ledger.records.get(KIND, actorOf(context).id);
  return stored === null ? [] : Stored.parse(stored).views;
}

/** Keeps a view under its name, in place of one that had it. Fails with `view.too-many`. */
export async function keepView(context: WebContext, view: SavedView): Promise<Result<SavedView[]>> {
  const others = viewsOf(context).filter((one) => one.name !== view.name);
  if (others.length >= MAX_VIEWS) return failed('view.too-many', view.name, `at most ${MAX_VIEWS}`);
  return done(await store(context, [...others, view]));
}

/** Drops a view; one that is not there is dropped already. */
export function dropView(context: WebContext, name: string): Promise<SavedView[]> {
  return store(
    context,
    viewsOf(context).filter((one) => one.name !== name),
  );
}

async function store(context: WebContext, views: SavedView[]): Promise<SavedView[]> {
  await context.station.ledger.append([], [{ kind: KIND, id: actorOf(context).id, data: { views } }]);
  return views;
}
