import { z } from 'zod';
import { route } from './route.ts';

/** What a demo municipality has after it was filled; `staff` without its administrators. */
export const demoCounts = z.object({
  citizens: z.int(),
  staff: z.int(),
  rooms: z.int(),
  visits: z.int(),
  plans: z.int(),
});
export type DemoCounts = z.infer<typeof demoCounts>;

export const demoRoutes = {
  reset: route(
    'demo.reset',
    'POST',
    '/demo/reset',
    {
      access: 'demo:reset',
      summary: 'Throw a demo municipality away and make it anew: the same people, as of today',
    },
    demoCounts,
  ),
} as const;
