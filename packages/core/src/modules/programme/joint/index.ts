export {
  curveOf,
  firstReachedInMonths,
  type JointMonth,
  type JointQuestion,
  jointMonths,
} from './course.ts';
export { type Contribution, encodeContribution } from './format.ts';
export { createJointMonths, type JointMonths, jointUnits, patienceDays } from './publishing.ts';
export { registerJointRoutes } from './routes.ts';
export { createJoint, type Joint, type JointDeps } from './service.ts';
