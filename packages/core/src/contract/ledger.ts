import { z } from 'zod';
import { byId, id, initials, instant, page, pageQuery } from './primitives.ts';
import { route } from './route.ts';

/** A place in the log or a size of its tree: a whole number as text, since it may exceed 2^53. */
const place = z.string().regex(/^(0|[1-9]\d{0,17})$/, 'is a whole number');
const hash = z.base64().meta({ description: 'A SHA-256 hash in base 64.' });
/** Several of these texts are files that other tools read; they are kept byte by byte. */
const file = (max: number) => z.string().min(1).max(max);

/** A leaf of the municipality's ledger, as the sequencer ordered it. */
export const ledgerLeaf = z.object({
  index: place,
  /** RFC 8785 canonical JSON; its exact bytes are what is hashed. */
  entry: z.string(),
  /** RFC 6962 leaf hash: SHA-256 of 0x00 and the bytes of `entry`, in base 64. */
  leafHash: hash,
});
export type LedgerLeaf = z.infer<typeof ledgerLeaf>;

/** A signed tree head. `note` is the C2SP tlog-checkpoint as a signed-note, the cosignatures that are known included. */
export const checkpoint = z.object({
  origin: z.string(),
  size: place,
  rootHash: hash,
  note: z.string(),
  keyId: z.string(),
  signedAt: instant,
  cosignedBy: z.array(z.string()).meta({ description: 'Names of the witnesses that cosigned it.' }),
});
export type Checkpoint = z.infer<typeof checkpoint>;

export const ledgerHead = z.object({
  /** Null until the first leaf was sequenced. */
  checkpoint: checkpoint.nullable(),
  /** Leaves that are committed and not yet under a signed checkpoint. */
  waiting: z.int(),
  /** What the last rebuild from the leaves said, if there was one. */
  lastCheck: z.object({ size: place, sound: z.boolean(), checkedAt: instant }).nullable(),
});
export type LedgerHead = z.infer<typeof ledgerHead>;

/**
 * What a check can find. Of the stored tree: `leaf-changed` (bytes and hash of an entry differ), `leaf-missing`, `leaf-added`,
 * `leaves-swapped`, `tile-changed` (a hash of level 0), `node-changed` (a hash of a higher level), `tile-missing`, `tile-added`.
 * Of what was signed: `root-mismatch` (the tree is not the one that was signed), `signature-broken`, `wrong-key`,
 * `origin-mismatch`, `not-an-extension` (history was rewritten), `unsigned-root` (a proof that leads to no signed root),
 * `proof-broken`. Of a file: `truncated`, `oversized`, `unreadable`.
 */
export const findingKinds = [
  'leaf-changed',
  'leaf-missing',
  'leaf-added',
  'leaves-swapped',
  'tile-changed',
  'node-changed',
  'tile-missing',
  'tile-added',
  'root-mismatch',
  'signature-broken',
  'wrong-key',
  'origin-mismatch',
  'not-an-extension',
  'unsigned-root',
  'proof-broken',
  'truncated',
  'oversized',
  'unreadable',
] as const;
export type FindingKind = (typeof findingKinds)[number];

export const finding = z.object({
  kind: z.enum(findingKinds),
  /** The first entry that is broken, or the first one that could be, where nothing tells more closely. */
  index: place.nullable(),
  /** The last one that could be. */
  until: place.nullable(),
  /** Where it lies: `tile/1/000`, `checkpoint 4096`. */
  where: z.string().nullable(),
});
export type Finding = z.infer<typeof finding>;

export const ledgerCheck = z.object({
  size: place,
  sound: z.boolean(),
  /** In the order of the log; at most a hundred. */
  findings: z.array(finding),
  checkedAt: instant,
});
export type LedgerCheck = z.infer<typeof ledgerCheck>;

export const keyPurposes = ['log', 'witness'] as const;
export type KeyPurpose = (typeof keyPurposes)[number];
export const ledgerKey = z.object({
  purpose: z.enum(keyPurposes),
  name: z.string(),
  /** Eight hexadecimal digits (signed-note key ID). */
  keyId: z.string(),
  /** `<name>+<key ID>+<base 64>`, as other tools take it. */
  verifierKey: z.string(),
  fromSize: place,
  createdAt: instant,
  retiredAt: instant.nullable(),
});
export type LedgerKey = z.infer<typeof ledgerKey>;

export const witness = z.object({
  id,
  name: z.string(),
  verifierKey: z.string(),
  trustedAt: instant,
  by: initials.nullable(),
  endedAt: instant.nullable(),
  /** The largest size that it cosigned, as far as it is kept here: where the next proof to it begins. */
  cosignedSize: place.nullable(),
});
export type Witness = z.infer<typeof witness>;

export const cosignature = z.object({
  size: place,
  witness: z.string(),
  cosignedAt: instant,
  addedAt: instant,
});

const sizeOfTree = place.optional().meta({ description: 'The size of a tree; the signed head by default.' });

export const ledgerRoutes = {
  head: route(
    'ledger.head',
    'GET',
    '/ledger/head',
    { access: 'ledger:read', summary: 'The latest signed checkpoint, what waits, and the last check' },
    ledgerHead,
  ),
  listLeaves: route(
    'ledger.listLeaves',
    'GET',
    '/ledger/leaves',
    {
      access: 'ledger:read',
      summary: "The ledger's leaves in order",
      query: z.object({ ...pageQuery, from: place.default('0') }),
    },
    page(ledgerLeaf),
  ),
  showLeaf: route(
    'ledger.showLeaf',
    'GET',
    '/ledger/leaves/:index',
    { access: 'ledger:read', summary: 'One leaf', params: z.object({ index: place }) },
    ledgerLeaf,
  ),
  listCheckpoints: route(
    'ledger.listCheckpoints',
    'GET',
    '/ledger/checkpoints',
    {
      access: 'ledger:read',
      summary: 'Signed checkpoints, the latest first',
      query: z.object({
        ...pageQuery,
        signedBefore: instant
          .optional()
          .meta({ description: 'Only those signed at this instant or before.' }),
      }),
    },
    page(checkpoint),
  ),
  showCheckpoint: route(
    'ledger.showCheckpoint',
    'GET',
    '/ledger/checkpoints/:size',
    { access: 'ledger:read', summary: 'The checkpoint of a size', params: z.object({ size: place }) },
    checkpoint,
  ),
  proveInclusion: route(
    'ledger.proveInclusion',
    'GET',
    '/ledger/proofs/inclusion',
    {
      access: 'ledger:read',
      summary: 'A tlog-proof: that an entry is in the tree of a signed checkpoint',
      query: z.object({ index: place, size: sizeOfTree }),
    },
    z.object({ index: place, size: place, leafHash: hash, proof: z.string() }),
  ),
  proveConsistency: route(
    'ledger.proveConsistency',
    'GET',
    '/ledger/proofs/consistency',
    {
      access: 'ledger:read',
      summary: 'That a tree extends a smaller one (RFC 6962, section 2.1.2)',
      query: z.object({ from: place, size: sizeOfTree }),
    },
    z.object({ from: place, size: place, hashes: z.array(hash), checkpoint }),
  ),
  export: route(
    'ledger.export',
    'GET',
    '/ledger/export',
    {
      access: 'ledger:read',
      summary: 'The whole log as a tar of tlog-tiles with its checkpoints and keys, to be verified anywhere',
      query: z.object({ size: sizeOfTree }),
      form: 'download',
    },
    z.undefined(),
  ),
  check: route(
    'ledger.check',
    'POST',
    '/ledger/check',
    { access: 'ledger:check', summary: 'Rebuild everything from the leaves and compare (fsck)' },
    ledgerCheck,
  ),
  listKeys: route(
    'ledger.listKeys',
    'GET',
    '/ledger/keys',
    { access: 'ledger:read', summary: 'The keys of the log and of the witness, retired ones included' },
    page(ledgerKey),
  ),
  rotateKey: route(
    'ledger.rotateKey',
    'POST',
    '/ledger/keys/rotate',
    {
      access: 'ledger:write',
      summary: 'Sign with a new key from the next checkpoint on; what the old one signed stays valid',
      body: z
        .object({ purpose: z.enum(keyPurposes).default('log') })
        .meta({ examples: [{ purpose: 'log' }] }),
    },
    ledgerKey,
  ),
  listWitnesses: route(
    'ledger.listWitnesses',
    'GET',
    '/ledger/witnesses',
    { access: 'ledger:read', summary: 'Whose cosignatures are taken' },
    page(witness),
  ),
  trustWitness: route(
    'ledger.trustWitness',
    'POST',
    '/ledger/witnesses',
    {
      access: 'ledger:write',
      summary: 'Take cosignatures of a witness',
      body: z.object({ verifierKey: file(400) }).meta({
        examples: [
          {
            verifierKey: 'witness.example/w1+9d3ba6e0+BGq5v6fvAfrTMVNrkNlRTXQfSuvlxwMYyhpVKbRKFoEm',
          },
        ],
      }),
      status: 201,
    },
    witness,
  ),
  endWitness: route(
    'ledger.endWitness',
    'POST',
    '/ledger/witnesses/:id/end',
    { access: 'ledger:write', summary: 'Take no more cosignatures of a witness', params: byId },
    witness,
  ),
  askWitness: route(
    'ledger.askWitness',
    'GET',
    '/ledger/witnesses/request',
    {
      access: 'ledger:read',
      summary:
        'A request to a witness (tlog-witness add-checkpoint): a checkpoint and the proof from what it last saw',
      query: z.object({ from: place.default('0'), size: sizeOfTree }),
    },
    z.object({ from: place, size: place, request: z.string() }),
  ),
  addCosignature: route(
    'ledger.addCosignature',
    'POST',
    '/ledger/cosignatures',
    {
      access: 'ledger:write',
      summary: 'Keep a cosignature of one of our checkpoints',
      body: z.object({ note: file(20_000) }).meta({
        description: 'The signature lines that the witness gave, or the whole cosigned checkpoint.',
        examples: [{ note: 'a signature line of a witness' }],
      }),
      status: 201,
    },
    checkpoint,
  ),
  cosign: route(
    'ledger.cosign',
    'POST',
    '/ledger/cosign',
    {
      access: 'ledger:witness',
      summary: "As witness: check somebody else's request and cosign their checkpoint",
      body: z
        .object({ request: file(40_000), verifierKey: file(400) })
        .meta({ examples: [{ request: 'old 0', verifierKey: 'example.com/log+530cdecb+AfM0…' }] }),
    },
    z.object({ origin: z.string(), size: place, signature: z.string(), cosignedAt: instant }),
  ),
} as const;
