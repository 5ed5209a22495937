export { type Actor, allows, assertAllowed, type PermissionOf, type Policy } from './actor.ts';
