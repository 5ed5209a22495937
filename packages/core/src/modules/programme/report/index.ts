export { type ReportRouteDeps, registerReportRoutes } from './routes.ts';
