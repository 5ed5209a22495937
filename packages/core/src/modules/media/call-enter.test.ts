import { TokenVerifier } from 'livekit-server-sdk';
import { describe, expect, it } from 'vitest';
import { Secret } from '../../config/index.ts';
import { encryptionWith, makeRoomToken } from './call-enter.ts';

describe('what lets a seat into its room', () => {
  it('names the seat and the room and nobody, and allows nothing but to take part', async () => {
    const secret = 'a secret of at least thirty-two characters';
    const token = await makeRoomToken({ apiKey: 'key', apiSecret: new Secret(secret) }, 'seat', 'room');
    const claims = await new TokenVerifier('key', secret).verify(token);
    expect(claims.sub).toBe('seat');
    expect(claims.name).toBeUndefined();
    expect(claims.metadata).toBeUndefined();
    expect(Number(claims.exp) - Date.now() / 1000).toBeLessThanOrEqual(121);
    expect(claims.video).toEqual({
      room: 'room',
      roomJoin: true,
      canPublish: true,
      canPublishSources: ['camera', 'microphone', 'screen_share', 'screen_share_audio'],
      canSubscribe: true,
      canPublishData: true,
      canUpdateOwnMetadata: false,
      hidden: false,
    });
  });
});

describe('how a call is encrypted', () => {
  it('is end to end as long as everybody can', () => {
    expect(encryptionWith(null, 'end-to-end', true)).toBe('end-to-end');
    expect(encryptionWith('end-to-end', 'end-to-end', true)).toBe('end-to-end');
  });

  it('is in transit once one cannot, and stays so', () => {
    expect(encryptionWith('end-to-end', 'in-transit', true)).toBe('in-transit');
    expect(encryptionWith('end-to-end', 'end-to-end', false)).toBe('in-transit');
    expect(encryptionWith(null, 'end-to-end', null)).toBe('in-transit');
    expect(encryptionWith('in-transit', 'end-to-end', true)).toBe('in-transit');
  });
});
