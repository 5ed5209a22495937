// Runs in the page: one room of the official client, its events told to the test, and what the test asks about it.
// Everything it returns is plain data.

const client = globalThis.LivekitClient;
client.setLogLevel('error');

const nameOf = (names, value) =>
  Object.keys(names).find((name) => names[name] === value && Number.isNaN(Number(name)));

const isPublication = (value) => value instanceof client.TrackPublication;
const isTrack = (value) => value instanceof client.Track;

/** What an event's argument says, without the objects of the client. */
function describe(value) {
  if (value instanceof client.Participant) return { identity: value.identity };
  if (isPublication(value))
    return { source: value.source, sid: value.trackSid, trackName: value.trackName, muted: value.isMuted };
  if (isTrack(value)) return { kind: value.kind, source: value.source, sid: value.sid };
  if (value instanceof Uint8Array) return { text: new TextDecoder().decode(value), bytes: value.length };
  if (Array.isArray(value)) return { identities: value.map((one) => one?.identity ?? null) };
  if (value instanceof Error) return { error: value.message };
  if (value === null || value === undefined) return {};
  return typeof value === 'object' ? { object: JSON.parse(JSON.stringify(value)) } : { value };
}

const shapes = {
  disconnected: ([reason]) => ({ reason: nameOf(client.DisconnectReason, reason) ?? null }),
  dataReceived: ([payload, sender, kind, topic]) => ({
    text: new TextDecoder().decode(payload),
    bytes: payload.length,
    identity: sender?.identity ?? null,
    kind: kind === 0 ? 'reliable' : 'lossy',
    topic: topic ?? null,
  }),
  trackSubscriptionFailed: ([sid, participant, reason]) => ({
    sid,
    identity: participant.identity,
    reason: nameOf(client.SubscriptionError, reason) ?? reason ?? null,
  }),
  connectionQualityChanged: ([quality, participant]) => ({ identity: participant.identity, quality }),
  trackStreamStateChanged: ([publication, state, participant]) => ({
    identity: participant.identity,
    source: publication.source,
    state,
  }),
  trackSubscriptionPermissionChanged: ([publication, status, participant]) => ({
    identity: participant.identity,
    source: publication.source,
    status,
  }),
  trackSubscriptionStatusChanged: ([publication, status, participant]) => ({
    identity: participant.identity,
    source: publication.source,
    status,
  }),
  participantAttributesChanged: ([changed, participant]) => ({ identity: participant.identity, changed }),
  participantMetadataChanged: ([before, participant]) => ({
    identity: participant.identity,
    before: before ?? null,
    metadata: participant.metadata ?? null,
  }),
  participantNameChanged: ([name, participant]) => ({ identity: participant.identity, name }),
  connectionStateChanged: ([state]) => ({ state }),
  participantEncryptionStatusChanged: ([encrypted, participant]) => ({
    identity: participant?.identity ?? null,
    encrypted,
  }),
};

let room = null;
let keys = null;
/** How large the page shows a video: by this an adaptive stream chooses. */
let shown = { width: 640, height: 360 };
const elements = new Map();

function listen() {
  for (const event of Object.values(client.RoomEvent)) {
    room.on(event, (...args) => {
      const shape = shapes[event];
      globalThis.tell({ event, ...(shape ? shape(args) : Object.assign({}, ...args.map(describe))) });
    });
  }
  room.on('trackSubscribed', show);
  room.on('trackUnsubscribed', (track) => {
    track.detach();
    elements.get(track.sid)?.remove();
    elements.delete(track.sid);
  });
}

function show(track) {
  if (elements.has(track.sid)) return;
  const element = document.createElement(track.kind);
  track.attach(element);
  element.style.width = `${shown.width}px`;
  element.style.height = `${shown.height}px`;
  elements.set(track.sid, element);
  document.body.append(element);
}

/**
 * A page must not live by events alone: for two seconds after a full reconnect livekit-client 2.23 keeps back what it
 * would tell, and forgets to say it (`pendingReconnect` is true until its own wait is over, nothing empties the buffer).
 */
setInterval(() => {
  for (const participant of room?.remoteParticipants.values() ?? [])
    for (const { track } of participant.trackPublications.values()) if (track) show(track);
}, 250);

function find(identity, source) {
  const participant =
    identity === room.localParticipant.identity
      ? room.localParticipant
      : room.remoteParticipants.get(identity);
  return participant?.getTrackPublication(source);
}

async function reports(track) {
  const report = await track?.getRTCStatsReport();
  return report === undefined ? [] : [...report.values()];
}

globalThis.compat = {
  get room() {
    return room;
  },
  client,

  async connect({ url, token, room: options = {}, connect = {}, passphrase, show }) {
    if (show) shown = show;
    const settings = { ...options };
    if (passphrase) {
      keys = new client.ExternalE2EEKeyProvider();
      await keys.setKey(passphrase);
      settings.encryption = { keyProvider: keys, worker: new Worker('/e2ee-worker.js') };
    }
    room = new client.Room(settings);
    listen();
    if (passphrase) await room.setE2EEEnabled(true);
    try {
      await room.connect(url, token, connect);
      return null;
    } catch (error) {
      return {
        name: error.name,
        message: error.message,
        status: error.status ?? null,
        reason: error.reasonName ?? null,
      };
    }
  },

  setPassphrase: (passphrase) => keys.setKey(passphrase),

  state() {
    const tracks = (participant) =>
      [...participant.trackPublications.values()].map((one) => ({
        sid: one.trackSid,
        source: one.source,
        kind: one.kind,
        name: one.trackName,
        mimeType: one.mimeType ?? null,
        muted: one.isMuted,
        encrypted: one.isEncrypted,
        simulcast: one.simulcasted ?? false,
        width: one.dimensions?.width ?? 0,
        height: one.dimensions?.height ?? 0,
        subscribed: one.isSubscribed ?? false,
        subscription: one.subscriptionStatus ?? null,
        permission: one.permissionStatus ?? null,
        streamState: one.track?.streamState ?? null,
      }));
    const describeParticipant = (participant) => ({
      identity: participant.identity,
      sid: participant.sid,
      name: participant.name ?? '',
      metadata: participant.metadata ?? '',
      attributes: { ...participant.attributes },
      kind: nameOf(client.ParticipantKind, participant.kind) ?? null,
      quality: participant.connectionQuality,
      speaking: participant.isSpeaking,
      permissions: participant.permissions ? JSON.parse(JSON.stringify(participant.permissions)) : null,
      tracks: tracks(participant),
    });
    return {
      connection: room.state,
      name: room.name,
      metadata: room.metadata ?? '',
      recording: room.isRecording,
      participants: room.numParticipants,
      publishers: room.numPublishers,
      server: JSON.parse(JSON.stringify(room.serverInfo ?? {})),
      me: describeParticipant(room.localParticipant),
      others: [...room.remoteParticipants.values()].map(describeParticipant),
      speakers: room.activeSpeakers.map((one) => one.identity),
    };
  },

  show(identity, source, { width, height, visible = true }) {
    const element = elements.get(find(identity, source).trackSid);
    element.style.width = `${width}px`;
    element.style.height = `${height}px`;
    element.style.display = visible ? '' : 'none';
  },

  /** Frames decoded, bytes and energy received of somebody's track so far. */
  async received(identity, source) {
    const track = find(identity, source)?.track;
    const all = await reports(track);
    const inbound = all.find((one) => one.type === 'inbound-rtp');
    if (inbound === undefined) return null;
    const codec = all.find((one) => one.id === inbound.codecId);
    return {
      frames: inbound.framesDecoded ?? 0,
      keyFrames: inbound.keyFramesDecoded ?? 0,
      width: inbound.frameWidth ?? 0,
      height: inbound.frameHeight ?? 0,
      packets: inbound.packetsReceived ?? 0,
      bytes: inbound.bytesReceived ?? 0,
      energy: inbound.totalAudioEnergy ?? 0,
      lost: inbound.packetsLost ?? 0,
      samples: inbound.totalSamplesReceived ?? 0,
      concealed: inbound.concealedSamples ?? 0,
      atMs: inbound.timestamp,
      codec: codec?.mimeType ?? '',
    };
  },

  /** The layers this page sends of its own track, smallest first. */
  async sent(source) {
    const track = find(room.localParticipant.identity, source)?.track;
    const all = await reports(track);
    const codecOf = (one) => all.find((other) => other.id === one.codecId)?.mimeType ?? '';
    return all
      .filter((one) => one.type === 'outbound-rtp')
      .map((one) => ({
        rid: one.rid ?? '',
        active: one.active ?? true,
        frames: one.framesEncoded ?? 0,
        width: one.frameWidth ?? 0,
        height: one.frameHeight ?? 0,
        packets: one.packetsSent ?? 0,
        codec: codecOf(one),
      }))
      .sort((one, other) => (one.rid < other.rid ? 1 : -1));
  },

  /** How a promise of the client ended, as data. */
  async outcome(promise) {
    try {
      const value = await promise;
      return { value: typeof value === 'object' ? null : (value ?? null) };
    } catch (error) {
      return {
        error: error.name ?? 'Error',
        message: error.message ?? String(error),
        code: error.code ?? null,
      };
    }
  },
};
