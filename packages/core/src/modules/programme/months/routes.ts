import type { Endpoints } from '../../identity/index.ts';

export function registerMonthsRoutes(_endpoints: Endpoints): void {}
