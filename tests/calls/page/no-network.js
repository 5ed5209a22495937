// Runs in the page before its own program: `naerCut(true)` ends its connections for sound and picture and keeps new ones from
// finding any way, as when a device leaves the network; `naerCut(false)` gives the network back. Requests are the test's.
(() => {
  const made = new Set();
  let isCut = false;
  const Real = globalThis.RTCPeerConnection;
  const fenced = (given) => (isCut ? { ...given, iceTransportPolicy: 'relay', iceServers: [] } : given);
  globalThis.RTCPeerConnection = class extends Real {
    constructor(given) {
      super(fenced(given));
      made.add(this);
    }
    setConfiguration(given) {
      super.setConfiguration(fenced(given));
    }
  };
  globalThis.naerCut = (cut) => {
    isCut = cut;
    if (!cut) return;
    for (const connection of made) connection.close();
    made.clear();
  };
})();
