import { callPageRoutes } from './call-page.ts';
import { callsRoutes } from './calls.ts';
import { citizensRoutes } from './citizens.ts';
import { demoRoutes } from './demo.ts';
import { grantedRoutes } from './granted.ts';
import { groundRulesRoutes } from './ground-rules.ts';
import { handOffRoutes } from './hand-off.ts';
import { identityRoutes } from './identity.ts';
import { importsRoutes } from './imports.ts';
import { ledgerRoutes } from './ledger.ts';
import { messagesRoutes } from './messages.ts';
import { operationsRoutes } from './operations.ts';
import { plansRoutes } from './plans.ts';
import { programmeRoutes } from './programme.ts';
import { roomsRoutes } from './rooms.ts';
import type { Route } from './route.ts';
import { talksRoutes } from './talks.ts';
import { visitsRoutes } from './visits.ts';

/** The whole of `/api/v1`. */
export const api = {
  identity: identityRoutes,
  citizens: citizensRoutes,
  rooms: roomsRoutes,
  visits: visitsRoutes,
  plans: plansRoutes,
  granted: grantedRoutes,
  handOff: handOffRoutes,
  calls: callsRoutes,
  callPage: callPageRoutes,
  talks: talksRoutes,
  groundRules: groundRulesRoutes,
  messages: messagesRoutes,
  demo: demoRoutes,
  imports: importsRoutes,
  programme: programmeRoutes,
  ledger: ledgerRoutes,
  operations: operationsRoutes,
} as const;

export const allRoutes: readonly Route[] = Object.values(api).flatMap(
  (group) => Object.values(group) as Route[],
);
