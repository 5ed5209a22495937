import type { Endpoints } from '../../identity/index.ts';
import type { Measures } from './question.ts';

export function registerMeasuresRoutes(_endpoints: Endpoints, _deps: { readonly measures: Measures }): void {}
