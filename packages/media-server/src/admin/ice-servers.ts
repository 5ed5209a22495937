import { createHmac } from 'node:crypto';
import { ICEServer } from '@livekit/protocol';
import type { Clock } from '../clock.ts';
import type { MediaConfig } from '../config.ts';

/** A call that lasts longer keeps its allocation by refreshing it; the login is checked when it begins. */
const loginSeconds = 24 * 60 * 60;

/**
 * What clients are told of STUN and TURN. A timed login is "TURN REST API" (draft-uberti-behave-turn-rest-00, which
 * coturn's `use-auth-secret` implements): the user name begins with its expiry, the password is its HMAC-SHA1.
 */
export function iceServersOf(config: Pick<MediaConfig, 'stunUrls' | 'turn'>, clock: Clock): ICEServer[] {
  const servers: ICEServer[] = [];
  if (config.stunUrls.length > 0) servers.push(new ICEServer({ urls: [...config.stunUrls] }));
  if (config.turn === null) return servers;
  const { urls, login } = config.turn;
  if (login.kind === 'fixed') {
    const { username, credential } = login;
    servers.push(new ICEServer({ urls: [...urls], username, credential: credential.reveal() }));
  } else {
    const username = `${Math.floor(clock.wallMs() / 1000) + loginSeconds}:naer`;
    const credential = createHmac('sha1', login.secret.reveal()).update(username).digest('base64');
    servers.push(new ICEServer({ urls: [...urls], username, credential }));
  }
  return servers;
}
