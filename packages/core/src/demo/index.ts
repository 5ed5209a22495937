export { createDemo, type Demo, fillTimeoutMs } from './demo.ts';
export { registerDemoRoutes } from './routes.ts';
