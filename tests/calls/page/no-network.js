// Runs in the page before its own program: `naerCut(true)` ends its connections for sound and picture and keeps new ones from
// finding any way, as when a device leaves the network; `naerCut(false)` gives the network back. Requests are the test's.
(() => {
  const made = new Set();
  let isCut = false;
  const Real = globalThis.RTCPeerConnection;
  globalThis.RTCPeerConnection = new Proxy(Real, {
    construct: (target, [given, ...rest], newTarget) => {
      const config = isCut ? { ...given, iceTransportPolicy: 'relay', iceServers: [] } : given;
      const connection = Reflect.construct(target, [config, ...rest], newTarget);
      made.add(connection);
      return connection;
    },
  });
  globalThis.naerCut = (cut) => {
    isCut = cut;
    if (!cut) return;
    for (const connection of made) connection.close();
    made.clear();
  };
})();
