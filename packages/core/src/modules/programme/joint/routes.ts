import type { Endpoints } from '../../identity/index.ts';
import type { Joint } from './service.ts';

export function registerJointRoutes(_endpoints: Endpoints, _deps: { readonly joint: Joint }): void {}
