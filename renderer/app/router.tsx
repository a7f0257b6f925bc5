import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import type { ComponentType } from 'react';
import type { Permission } from '../../main/contract/web/permissions.ts';
import { Protected } from '../features/session/index.ts';
import { Broken, NotFound, Waiting } from './fallbacks.tsx';
import { Root } from './Root.tsx';

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });

/** A page behind a permission: the station refuses by itself; this says so before asking. */
function guarded(permission: Permission, Page: ComponentType) {
  return function Guarded() {
    return (
      <Protected permission={permission}>
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
    component: lazyRouteComponent(() => import('../features/wall/WallPage.tsx'), 'WallPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/set-up',
    component: lazyRouteComponent(() => import('../features/session/SetUpPage.tsx'), 'SetUpPage'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/recordings',
    // Filters and sorting live in the address: every list can be sent as a link.
    validateSearch: (search: Record<string, unknown>) => search,
    component: guarded(
      'recordings.read',
      lazyRouteComponent(() => import('../features/recordings/RecordingsPage.tsx'), 'RecordingsPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/recordings/$id',
    component: guarded(
      'recordings.read',
      lazyRouteComponent(() => import('../features/recordings/RecordingPage.tsx'), 'RecordingPage'),
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
      'recordings.link',
      lazyRouteComponent(() => import('../features/link/LinkPage.tsx'), 'LinkPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/cases',
    validateSearch: (search: Record<string, unknown>) => search,
    component: guarded(
      'cases.read',
      lazyRouteComponent(() => import('../features/cases/CasesPage.tsx'), 'CasesPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/cases/$id',
    component: guarded(
      'cases.read',
      lazyRouteComponent(() => import('../features/cases/CasePage.tsx'), 'CasePage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/archive',
    component: guarded(
      'archive.read',
      lazyRouteComponent(() => import('../features/archive/ArchivePage.tsx'), 'ArchivePage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/cameras',
    component: guarded(
      'cameras.read',
      lazyRouteComponent(() => import('../features/cameras/CamerasPage.tsx'), 'CamerasPage'),
    ),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/station',
    component: guarded(
      'station.read',
      lazyRouteComponent(() => import('../features/station/StationPage.tsx'), 'StationPage'),
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
