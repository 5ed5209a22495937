import { citizensRoutes } from './citizens.ts';
import { identityRoutes } from './identity.ts';
import { importsRoutes } from './imports.ts';
import { operationsRoutes } from './operations.ts';
import { roomsRoutes } from './rooms.ts';
import type { Route } from './route.ts';

/** The whole of `/api/v1`. */
export const api = {
  identity: identityRoutes,
  citizens: citizensRoutes,
  rooms: roomsRoutes,
  imports: importsRoutes,
  operations: operationsRoutes,
} as const;

export const allRoutes: readonly Route[] = Object.values(api).flatMap(
  (group) => Object.values(group) as Route[],
);
