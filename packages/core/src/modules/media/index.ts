export { createLinks, type Links, linkKeyPurpose } from './link.ts';
export { createMessageLinks } from './message-links.ts';
export { createMediaModule, type MediaModule, type MediaModuleDeps } from './module.ts';
export { mediaPolicy } from './policy.ts';
