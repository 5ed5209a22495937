export { createLinks, type Links, linkKeyPurpose } from './link.ts';
export { askKeyPurpose, asksAtOnce } from './link-asks.ts';
export { createMessageLinks } from './message-links.ts';
export { createMediaModule, type MediaDoor, type MediaModule, type MediaModuleDeps } from './module.ts';
export { mediaPolicy } from './policy.ts';
export type { RoomClient } from './room-client.ts';
export { roomOrderKind } from './room-client-orders.ts';
export { readSealedAddress } from './store.ts';
export { mediaWebhookPath } from './webhook.ts';
