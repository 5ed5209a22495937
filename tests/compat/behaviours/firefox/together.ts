import type { PageClient } from '../../clients/page.ts';
import type { PageArrival, World } from '../../world.ts';

/** The smallest of which livekit-client makes three layers: encoding is by software, and others work beside it. */
export const threeLayers = { width: 960, height: 540 };
export const passphrase = 'the right passphrase';

/** Firefox and Chromium in one room, each aware of the other. */
export async function both(
  world: World,
  { fox: foxArrival, bo: boArrival }: { readonly fox?: PageArrival; readonly bo?: PageArrival } = {},
): Promise<{ readonly fox: PageClient; readonly bo: PageClient }> {
  const [fox, bo] = await Promise.all([world.firefox('fox', foxArrival), world.page('bo', boArrival)]);
  await Promise.all([fox.seen('bo'), bo.seen('fox')]);
  return { fox, bo };
}

/** In a page: a track of somebody else. */
export const publication = (identity: string, source: string): string =>
  `room.remoteParticipants.get('${identity}').getTrackPublication('${source}')`;

/** What was told of connections that were cut, in order. */
export const reconnections = ({ log }: PageClient): string[] =>
  log.entries.flatMap(({ event }) =>
    ['signalReconnecting', 'reconnecting', 'reconnected'].includes(event) ? [event] : [],
  );
