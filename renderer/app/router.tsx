import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { type ComponentType, lazy } from 'react';
import { SCREENS, type Screen } from '../../main/contract/web/permissions.ts';
import { Protected } from '../features/session/index.ts';
import { Broken, NotFound, Waiting } from './fallbacks.tsx';
import { Root } from './Root.tsx';

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

/** A page whose code is fetched when it is first opened; the router's own loader breaks React's rule for `use` when it waits. */
function page<Name extends string>(load: () => Promise<Record<Name, ComponentType>>, name: Name) {
  return lazy(async () => ({ default: (await load())[name] }));
}

/** A page of a screen, behind the permission that this needs: the station refuses by itself; this says so before asking. */
function guarded(screen: Screen, Page: ComponentType) {
  return function Guarded() {
    return (
      <Protected permission={SCREENS[screen]}>
        <Page />
      </Protected>
    );
  };
}

type Text = string | undefined;
const text = (value: unknown): Text => (typeof value === 'string' && value !== '' ? value : undefined);

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: page(() => import('../features/wall/WallPage.tsx'), 'WallPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/set-up',
    component: page(() => import('../features/session/SetUpPage.tsx'), 'SetUpPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/recordings',
    // Filters and sorting live in the address: every list can be sent as a link.
    validateSearch: (search: Record<string, unknown>) => search,
    component: guarded(
      'recordings',
      page(() => import('../features/recordings/RecordingsPage.tsx'), 'RecordingsPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/recordings/$id',
    component: guarded(
      'recordings',
      page(() => import('../features/recordings/RecordingPage.tsx'), 'RecordingPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/link',
    validateSearch: (search: Record<string, unknown>): { docking?: Text; ids?: Text } => ({
      docking: text(search['docking']),
      ids: text(search['ids']),
    }),
    component: guarded(
      'link',
      page(() => import('../features/link/LinkPage.tsx'), 'LinkPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/cases',
    validateSearch: (search: Record<string, unknown>) => search,
    component: guarded(
      'cases',
      page(() => import('../features/cases/CasesPage.tsx'), 'CasesPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/cases/$id',
    component: guarded(
      'cases',
      page(() => import('../features/cases/CasePage.tsx'), 'CasePage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/archive',
    validateSearch: (search: Record<string, unknown>) => search,
    component: guarded(
      'archive',
      page(() => import('../features/archive/ArchivePage.tsx'), 'ArchivePage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/cameras',
    component: guarded(
      'cameras',
      page(() => import('../features/cameras/CamerasPage.tsx'), 'CamerasPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/station',
    component: guarded(
      'station',
      page(() => import('../features/station/StationPage.tsx'), 'StationPage'),
    ),
  }),
] as const;

export const router = createRouter({
  routeTree: root.addChildren(routes),
  defaultErrorComponent: Broken,
  defaultPendingComponent: Waiting,
  defaultPendingMs: 300,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
