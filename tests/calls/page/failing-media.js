// Runs in the page before its own program: `naerSilence()` ends what it sends while it goes on saying that it sends it, as a
// network does that lets only small packets through; `naerSlow(true)` lets its connection count a round trip of 1.2 seconds.
(() => {
  const senders = new Set();
  const add = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (...given) {
    const transceiver = add.apply(this, given);
    senders.add(transceiver.sender);
    return transceiver;
  };
  globalThis.naerSilence = async () => {
    for (const sender of senders) await sender.replaceTrack(null);
  };
  let isSlow = false;
  globalThis.naerSlow = (slow) => {
    isSlow = slow;
  };
  const slowed = (entry) => ({
    ...entry,
    ...(entry.type === 'candidate-pair' ? { currentRoundTripTime: 1.2 } : {}),
    ...(entry.type === 'remote-inbound-rtp' ? { roundTripTime: 1.2 } : {}),
  });
  for (const { prototype } of [RTCRtpSender, RTCRtpReceiver]) {
    const count = prototype.getStats;
    prototype.getStats = async function () {
      const report = await count.call(this);
      return isSlow ? new Map([...report].map(([id, entry]) => [id, slowed(entry)])) : report;
    };
  }
})();
