import { Room, RoomEvent } from 'livekit-client';
import { type Way, wayIn } from './network-way.ts';
import type { StatsEntry } from './room.ts';

/**
 * What became of trying to connect sound and picture: the way it went, of which a `detour` is slower;
 * `blocked` where signalling came through and nothing else did; `media-down` where not even that answered; `unknown` where it
 * could not be tried.
 */
export type NetworkTrial = Way | 'blocked' | 'media-down' | 'unknown';

/** Of a firewall that swallows everything nothing is heard, so somebody has to stop waiting. */
const connectWithinMs = 8_000;

/** Connects alone in a room of its own and leaves again. Loaded when it is needed only, as the call itself is. */
export async function tryMedia({
  url,
  token,
}: {
  readonly url: string;
  readonly token: string;
}): Promise<NetworkTrial> {
  const room = new Room({ disconnectOnPageLeave: false });
  let signalled = false;
  room.on(RoomEvent.SignalConnected, () => {
    signalled = true;
  });
  try {
    const within = { maxRetries: 0, peerConnectionTimeout: connectWithinMs };
    await room.connect(url, token, within);
    return await wayOf(room);
  } catch {
    return signalled ? 'blocked' : 'media-down';
  } finally {
    void room.disconnect(true);
  }
}

/** Browsers answer from a report of a moment ago at times. */
const tellWithinMs = 2_000;
const askAgainMs = 100;

async function wayOf({ engine }: Room): Promise<Way> {
  const giveUpAt = performance.now() + tellWithinMs;
  do {
    const { subscriber, publisher } = engine.pcManager ?? {};
    for (const transport of [subscriber, publisher]) {
      const report = await transport?.getStats();
      const entries: StatsEntry[] = [];
      report?.forEach((entry: StatsEntry) => {
        entries.push(entry);
      });
      const way = wayIn(entries);
      if (way !== null) return way;
    }
    await new Promise((resolve) => setTimeout(resolve, askAgainMs));
  } while (performance.now() < giveUpAt);
  // Connected, whichever way: Safari before 16.4 tells less.
  return 'straight';
}
