export {
  curveOf,
  firstReachedInMonths,
  type JointMonth,
  type JointQuestion,
  jointMonths,
} from './course.ts';
export { registerJointRoutes } from './routes.ts';
export { createJoint, type Joint, type JointDeps } from './service.ts';
