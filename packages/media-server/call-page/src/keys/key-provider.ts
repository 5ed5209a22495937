import { BaseKeyProvider } from 'livekit-client';
import type { Bytes } from './bytes.ts';

/** How many epochs livekit-client keeps at a time; frames name theirs by one byte. */
const keyring = 16;

/**
 * Hands the call's key to livekit-client. One key for all of a call; a new epoch takes the next place of the ring, so that
 * frames under way under the old one are still decoded. Keys are never ratcheted: only the host makes them.
 */
export class CallKeyProvider extends BaseKeyProvider {
  constructor() {
    // A negative tolerance: frames that cannot be decoded never make a key unusable, or one bad sender would mute all.
    super({
      sharedKey: true,
      ratchetWindowSize: 0,
      failureTolerance: -1,
      keySize: 256,
      keyringSize: keyring,
    });
  }

  /** @param key 32 random bytes. */
  async set(epoch: number, key: Bytes): Promise<void> {
    // livekit-client derives the frames' key from it by HKDF.
    const material = await crypto.subtle.importKey('raw', key, 'HKDF', false, ['deriveBits', 'deriveKey']);
    this.onSetEncryptionKey(material, undefined, epoch % keyring);
  }
}
