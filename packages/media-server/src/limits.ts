/** What one server, one room, one address and one participant may take; each refusal names the limit it met. */
export interface Limits {
  readonly maxRooms: number;
  readonly maxParticipants: number;
  readonly maxParticipantsPerRoom: number;
  /** Published tracks of one participant. */
  readonly maxTracksPerParticipant: number;
  readonly maxSubscriptionsPerParticipant: number;
  /** WebSockets at once from one address (IPv6: one /64). */
  readonly maxSocketsPerAddress: number;
  /** Joins a second from one address, with a burst of the same size. */
  readonly joinsPerSecondPerAddress: number;
  /** Signalling messages a second of one participant, with a burst of twice the size. */
  readonly messagesPerSecond: number;
  readonly maxSignalBytes: number;
  readonly maxSdpBytes: number;
  readonly maxMediaSections: number;
  readonly maxCandidates: number;
  readonly maxDataBytes: number;
  /** Data bytes a second of one participant. */
  readonly dataBytesPerSecond: number;
  readonly maxMetadataBytes: number;
  readonly maxAttributesBytes: number;
  /** Names of rooms and participants, identities, ids, in characters. */
  readonly maxNameLength: number;
  /** From the socket's opening until ICE and DTLS are through. */
  readonly connectTimeoutMs: number;
  /** Signal socket gone: how long the participant stays for a resume. */
  readonly departureGraceMs: number;
}

export const defaultLimits: Limits = {
  maxRooms: 500,
  maxParticipants: 400,
  maxParticipantsPerRoom: 32,
  maxTracksPerParticipant: 12,
  maxSubscriptionsPerParticipant: 120,
  maxSocketsPerAddress: 64,
  joinsPerSecondPerAddress: 20,
  messagesPerSecond: 100,
  maxSignalBytes: 512 * 1024,
  maxSdpBytes: 256 * 1024,
  maxMediaSections: 160,
  maxCandidates: 64,
  maxDataBytes: 64 * 1024,
  dataBytesPerSecond: 4 * 1024 * 1024,
  maxMetadataBytes: 64 * 1024,
  maxAttributesBytes: 64 * 1024,
  maxNameLength: 256,
  connectTimeoutMs: 15_000,
  departureGraceMs: 12_000,
};
