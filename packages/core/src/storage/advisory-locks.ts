/**
 * The advisory locks of a database, all in one place so that no two mean different things. The numbers are arbitrary, but
 * every process of Nær must use the same ones.
 */
export const advisoryLocks = {
  /** Held while the schema is brought up to date. */
  migration: 7_214_001,
  /** Held, as long as it lives, by the process that orders changes. */
  sequencer: 7_214_002,
  /** Shared by writers that seal, exclusive while another master key becomes the current one. */
  masterKey: 7_214_003,
  /** Held during a rotation of the master key. */
  rotation: 7_214_004,
  /** Held while the first municipality is founded. */
  founding: 7_214_005,
  /** Held, with a number of its own for each batch, while the file of a batch is made. */
  handOffBatch: 7_214_006,
  /** Held while a demo municipality is made anew. */
  demoReset: 7_214_007,
  /** Held, with a number of its own for each municipality, while its log is signed or thrown away (in SQL too). */
  ledgerLog: 7_214_008,
  /** Held, with a number of its own for each municipality, while its leaves are folded. */
  measureFold: 7_214_009,
  /** Held, with a number of its own for each call, while something becomes of it; see modules/media/presence-store.ts. */
  callTurn: 7_214_010,
} as const;
