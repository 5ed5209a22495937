// Runs in the page before its own program: keeps the connections that it makes, and tells what truly came over them.
(() => {
  const made = [];
  const Real = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = new Proxy(Real, {
    construct: (target, given, newTarget) => {
      const connection = Reflect.construct(target, given, newTarget);
      made.push(connection);
      return connection;
    },
  });
  /** Sums over all connections that still are, as the receiver counts them (W3C webrtc-stats, inbound-rtp). */
  globalThis.naerReceived = async () => {
    const sum = { frames: 0, videoPackets: 0, audioPackets: 0, energy: 0 };
    for (const connection of made) {
      if (connection.connectionState === 'closed') continue;
      for (const entry of (await connection.getStats()).values()) {
        if (entry.type !== 'inbound-rtp') continue;
        if (entry.kind === 'video') {
          sum.frames += entry.framesDecoded ?? 0;
          sum.videoPackets += entry.packetsReceived ?? 0;
        } else {
          sum.audioPackets += entry.packetsReceived ?? 0;
          sum.energy += entry.totalAudioEnergy ?? 0;
        }
      }
    }
    return sum;
  };
})();
