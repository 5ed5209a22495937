import { api } from '../contract/index.ts';
import type { Endpoints } from '../modules/identity/index.ts';
import type { Demo } from './demo.ts';

export function registerDemoRoutes(
  endpoints: Endpoints,
  { demo }: { readonly demo: Pick<Demo, 'reset'> },
): void {
  // Erasing and filling are transactions of their own, of half a minute together. An Idempotency-Key changes nothing:
  // asking twice gives the same data twice.
  endpoints.raw(api.demo.reset, async ({ actor }, _request, reply) => reply.send(await demo.reset(actor)));
}
