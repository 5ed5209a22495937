export type { VaultOwner } from './installation.ts';
export type { DerivedKeys } from './key-ring.ts';
export type { RotationResult } from './rotation.ts';
export { blindIndex, seal, unseal } from './sealing.ts';
export { openVault, type SealingKeys, type Vault, type WrappedKey } from './vault.ts';
