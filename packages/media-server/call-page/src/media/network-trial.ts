import { Room, RoomEvent } from 'livekit-client';

/**
 * What became of trying to connect sound and picture: straight by UDP; by a `detour` over TCP or a relay, which is slower;
 * `blocked` where signalling came through and nothing else did; `media-down` where not even that answered; `unknown` where it
 * could not be tried.
 */
export type NetworkTrial = 'straight' | 'detour' | 'blocked' | 'media-down' | 'unknown';

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

/** By the pair of addresses that is in use (W3C webrtc-stats, RTCIceCandidatePairStats). */
async function wayOf({ engine }: Room): Promise<NetworkTrial> {
  const transports = engine.pcManager;
  for (const transport of [transports?.subscriber, transports?.publisher]) {
    const report = await transport?.getStats();
    if (report === undefined) continue;
    const entries: Record<string, unknown>[] = [];
    report.forEach((entry: Record<string, unknown>) => {
      entries.push(entry);
    });
    const pair = entries.find(
      (entry) => entry.type === 'candidate-pair' && entry.state === 'succeeded' && entry.nominated === true,
    );
    const own = entries.find(({ id }) => pair !== undefined && id === pair.localCandidateId);
    if (own !== undefined)
      return own.protocol === 'udp' && own.candidateType !== 'relay' ? 'straight' : 'detour';
  }
  // Connected, whichever way: Safari before 16.4 tells less.
  return 'straight';
}
