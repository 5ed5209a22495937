import { AccessToken } from 'livekit-server-sdk';
import { apiKey, apiSecret } from '../compat/keys.ts';

export async function joinToken(room: string, identity: string): Promise<string> {
  const token = new AccessToken(apiKey, apiSecret, { identity, ttl: '2h' });
  token.addGrant({ roomJoin: true, room });
  return token.toJwt();
}
