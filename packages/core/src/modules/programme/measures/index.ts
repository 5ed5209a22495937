export { citationOf } from './citation.ts';
export { createFolding, type Folding } from './folding.ts';
export { createMeasures } from './measures.ts';
export type { CurveOf, FiguresOf, Measures, ProgrammeFact, Question } from './question.ts';
export { registerMeasuresRoutes } from './routes.ts';
