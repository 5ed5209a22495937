import { type KeyObject, randomUUID } from 'node:crypto';
import { type Identity, identity as identityShape } from '../../contract/index.ts';
import { DomainError } from '../../kernel/errors.ts';
import { Prisma, type ReadTx, type Tx, violatedConstraint } from '../../storage/index.ts';
import { blindIndex, seal, unseal, type Vault, type WrappedKey } from './vault/index.ts';

/** A row of `citizen_vault`. */
export interface SealedRow extends WrappedKey {
  readonly citizenId: string;
  readonly sealedIdentity: Uint8Array;
  readonly sealedSubject: Uint8Array;
}

export interface OpenedIdentity {
  readonly identity: Identity;
  /** The random id under which the ledger speaks of this citizen. */
  readonly subject: string;
}

export interface NewIdentity {
  readonly citizenId: string;
  readonly identity: Identity;
  /** Where the random subject id is drawn elsewhere: the demo's is the same every time. */
  readonly subject?: string;
}

/** Whose something is that is sealed for a call, and what it is. */
export interface SealedForCall {
  readonly municipalityId: string;
  readonly citizenId: string;
  readonly what: 'agenda' | 'guest-address' | 'mailbox';
  readonly id: string;
}

/** One version of the weekly plan of a citizen. */
export interface PlanVersion {
  readonly municipalityId: string;
  readonly citizenId: string;
  readonly id: string;
}

/** The identities of citizens: how they get into the vault, and out of it. Nothing here logs; the services do. */
export interface Identities {
  /**
   * Seals identities, each with a key of its own and a new subject id.
   *
   * @returns the subject id of each citizen
   * @throws DomainError reference_taken
   */
  insert(tx: Tx, municipalityId: string, newcomers: readonly NewIdentity[]): Promise<Map<string, string>>;
  /** Seals changed identities with the keys they have. The rows MUST be held by the transaction. */
  replace(
    tx: Tx,
    municipalityId: string,
    changed: readonly (NewIdentity & { readonly row: SealedRow })[],
  ): Promise<void>;
  open(municipalityId: string, row: SealedRow): Promise<OpenedIdentity>;
  /** @throws DomainError citizen_erased */
  read(
    tx: ReadTx,
    municipalityId: string,
    citizenId: string,
  ): Promise<OpenedIdentity & { readonly row: SealedRow }>;
  /**
   * Which ways there are to reach somebody, none of one who was erased. The identity is opened in memory, as it is to
   * compare a changed one, and nothing but these two answers leaves: they tell nobody who it is, so it is no reading
   * that is logged. An index of addresses in the database would save the opening and tell more: which two are the same.
   */
  readWays(
    tx: ReadTx,
    municipalityId: string,
    citizenId: string,
  ): Promise<{ readonly hasPhone: boolean; readonly hasEmail: boolean }>;
  /**
   * Seals the note of a visit with the citizen's own key; the lengths of notes are told in steps only.
   *
   * @throws DomainError citizen_erased
   */
  sealNote(
    tx: ReadTx,
    municipalityId: string,
    citizenId: string,
    visitId: string,
    note: string,
  ): Promise<Buffer>;
  /** @throws DomainError citizen_erased */
  openNote(
    tx: ReadTx,
    municipalityId: string,
    citizenId: string,
    visitId: string,
    sealed: Uint8Array,
  ): Promise<string>;
  /**
   * Seals what belongs to a citizen's call with the citizen's own key: what is to be spoken of, by the id of the call, where a
   * guest's link goes, by the id of the seat, or what lies in the mailbox, by the id of the message.
   *
   * @throws DomainError citizen_erased
   */
  sealForCall(tx: ReadTx, of: SealedForCall, text: string): Promise<Buffer>;
  /** @throws DomainError citizen_erased */
  openForCall(tx: ReadTx, of: SealedForCall, sealed: Uint8Array): Promise<string>;
  /**
   * Seals a version of the weekly plan with the citizen's own key.
   *
   * @throws DomainError citizen_erased
   */
  sealPlan(tx: ReadTx, of: PlanVersion, file: Uint8Array): Promise<Buffer>;
  /** @throws DomainError citizen_erased */
  openPlan(tx: ReadTx, of: PlanVersion, sealed: Uint8Array): Promise<Buffer>;
  /** The subject id alone. @throws DomainError citizen_erased */
  readSubject(tx: ReadTx, municipalityId: string, citizenId: string): Promise<string>;
  /** The subject ids of many, by citizen; of those who were erased there is none. */
  readSubjects(
    tx: ReadTx,
    municipalityId: string,
    citizenIds: readonly string[],
  ): Promise<Map<string, string>>;
  /** Who is known by which reference, in the form of `tidyText`. */
  findByReferences(
    tx: ReadTx,
    municipalityId: string,
    references: readonly string[],
  ): Promise<Map<string, string>>;
  /** The same for the many rows of a file: who is known by a reference now, looked up without asking again. */
  openReferences(tx: ReadTx, municipalityId: string): Promise<(reference: string) => string | undefined>;
  /** The rows of those who are not erased, by citizen. */
  readSealed(tx: ReadTx, citizenIds: readonly string[]): Promise<Map<string, SealedRow>>;
  /** The blind index to look for; null where nothing was ever indexed. */
  findIndex(
    tx: ReadTx,
    municipalityId: string,
    purpose: 'phone' | 'reference',
    value: string,
  ): Promise<Buffer | null>;
}

const selectSealed = Prisma.sql`
  SELECT vault.citizen_id AS "citizenId", vault.master_key_id AS "masterKeyId", vault.wrapped_key AS "wrappedKey",
    vault.sealed_identity AS "sealedIdentity", vault.sealed_subject AS "sealedSubject" FROM citizen_vault AS vault`;

/** The length of a sealed identity tells its length; in steps of this many bytes it tells next to nothing. */
const step = 128;

const padded = (value: unknown): Buffer => {
  const text = Buffer.from(JSON.stringify(value));
  return Buffer.concat([text, Buffer.alloc(step - (text.length % step), ' ')]);
};

export function createIdentities(vault: Vault): Identities {
  const encode = (identity: Identity): Buffer => {
    const { reference, name, phone, email, address } = identity;
    return padded({ reference, name, phone, email, address });
  };
  const decode = (bytes: Buffer): Identity => identityShape.parse(JSON.parse(bytes.toString('utf8')));
  const indexes = (indexKey: KeyObject, { reference, phone }: Identity) => ({
    referenceIndex: blindIndex(indexKey, 'reference', reference).toString('hex'),
    phoneIndex: phone === null ? null : blindIndex(indexKey, 'phone', phone).toString('hex'),
  });
  const ownerOf = (municipalityId: string, citizenId: string) => [municipalityId, citizenId];

  const subjectOf = (dataKey: KeyObject, municipalityId: string, row: SealedRow): string =>
    unseal(
      dataKey,
      { purpose: 'subject', owner: ownerOf(municipalityId, row.citizenId) },
      row.sealedSubject,
    ).toString('utf8');
  const open = async (municipalityId: string, row: SealedRow): Promise<OpenedIdentity> => {
    const dataKey = await vault.unwrap({ municipalityId, citizenId: row.citizenId }, row);
    const plain = unseal(
      dataKey,
      { purpose: 'identity', owner: ownerOf(municipalityId, row.citizenId) },
      row.sealedIdentity,
    );
    return { identity: decode(plain), subject: subjectOf(dataKey, municipalityId, row) };
  };
  const readSealed = async (tx: ReadTx, citizenIds: readonly string[]): Promise<Map<string, SealedRow>> => {
    const rows = await tx.$queryRaw<
      SealedRow[]
    >`${selectSealed} WHERE vault.citizen_id = ANY (${citizenIds}::uuid[])`;
    return new Map(rows.map((row) => [row.citizenId, row]));
  };
  const getRow = async (tx: ReadTx, citizenId: string): Promise<SealedRow> => {
    const [row] = await tx.$queryRaw<
      SealedRow[]
    >`${selectSealed} WHERE vault.citizen_id = ${citizenId}::uuid`;
    if (row === undefined) throw new DomainError('citizen_erased');
    return row;
  };

  return {
    insert: async (tx, municipalityId, newcomers) => {
      const keys = await vault.sealingKeys(tx, municipalityId);
      const subjects = new Map<string, string>();
      const rows = newcomers.map(({ citizenId, identity, subject = randomUUID() }) => {
        const { dataKey, masterKeyId, wrappedKey } = vault.makeDataKey(keys, { municipalityId, citizenId });
        const owner = ownerOf(municipalityId, citizenId);
        subjects.set(citizenId, subject);
        return {
          citizenId,
          masterKeyId,
          wrappedKey: Buffer.from(wrappedKey).toString('hex'),
          sealedIdentity: seal(dataKey, { purpose: 'identity', owner }, encode(identity)).toString('hex'),
          sealedSubject: seal(dataKey, { purpose: 'subject', owner }, Buffer.from(subject)).toString('hex'),
          ...indexes(keys.indexKey, identity),
        };
      });
      await tx.$executeRaw`
        INSERT INTO citizen_vault (municipality_id, citizen_id, master_key_id, wrapped_key, sealed_identity, sealed_subject, reference_index, phone_index)
        SELECT app_municipality(), "citizenId", "masterKeyId", decode("wrappedKey", 'hex'), decode("sealedIdentity", 'hex'),
          decode("sealedSubject", 'hex'), decode("referenceIndex", 'hex'), decode("phoneIndex", 'hex')
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS fresh ("citizenId" uuid, "masterKeyId" text, "wrappedKey" text,
          "sealedIdentity" text, "sealedSubject" text, "referenceIndex" text, "phoneIndex" text)`.catch(
        explainReference,
      );
      return subjects;
    },

    replace: async (tx, municipalityId, changed) => {
      const { indexKey } = await vault.sealingKeys(tx, municipalityId);
      const rows = await Promise.all(
        changed.map(async ({ citizenId, identity, row }) => {
          const dataKey = await vault.unwrap({ municipalityId, citizenId }, row);
          const sealed = seal(
            dataKey,
            { purpose: 'identity', owner: ownerOf(municipalityId, citizenId) },
            encode(identity),
          );
          return { citizenId, sealedIdentity: sealed.toString('hex'), ...indexes(indexKey, identity) };
        }),
      );
      await tx.$executeRaw`
        UPDATE citizen_vault SET sealed_identity = decode("sealedIdentity", 'hex'), reference_index = decode("referenceIndex", 'hex'),
          phone_index = decode("phoneIndex", 'hex')
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS fresh ("citizenId" uuid, "sealedIdentity" text, "referenceIndex" text, "phoneIndex" text)
        WHERE citizen_vault.citizen_id = fresh."citizenId"`.catch(explainReference);
    },

    open,
    read: async (tx, municipalityId, citizenId) => {
      const row = await getRow(tx, citizenId);
      return { ...(await open(municipalityId, row)), row };
    },
    readWays: async (tx, municipalityId, citizenId) => {
      const row = (await readSealed(tx, [citizenId])).get(citizenId);
      if (row === undefined) return { hasPhone: false, hasEmail: false };
      const { identity } = await open(municipalityId, row);
      return { hasPhone: identity.phone !== null, hasEmail: identity.email !== null };
    },
    sealNote: async (tx, municipalityId, citizenId, visitId, note) => {
      const dataKey = await vault.unwrap({ municipalityId, citizenId }, await getRow(tx, citizenId));
      return seal(dataKey, { purpose: 'note', owner: [municipalityId, citizenId, visitId] }, padded(note));
    },
    openNote: async (tx, municipalityId, citizenId, visitId, sealed) => {
      const dataKey = await vault.unwrap({ municipalityId, citizenId }, await getRow(tx, citizenId));
      const owner = [municipalityId, citizenId, visitId];
      return String(JSON.parse(unseal(dataKey, { purpose: 'note', owner }, sealed).toString('utf8')));
    },
    sealForCall: async (tx, { municipalityId, citizenId, what, id }, text) => {
      const dataKey = await vault.unwrap({ municipalityId, citizenId }, await getRow(tx, citizenId));
      return seal(dataKey, { purpose: what, owner: [municipalityId, citizenId, id] }, padded(text));
    },
    openForCall: async (tx, { municipalityId, citizenId, what, id }, sealed) => {
      const dataKey = await vault.unwrap({ municipalityId, citizenId }, await getRow(tx, citizenId));
      const owner = [municipalityId, citizenId, id];
      return String(JSON.parse(unseal(dataKey, { purpose: what, owner }, sealed).toString('utf8')));
    },
    sealPlan: async (tx, { municipalityId, citizenId, id }, file) => {
      const dataKey = await vault.unwrap({ municipalityId, citizenId }, await getRow(tx, citizenId));
      return seal(dataKey, { purpose: 'weekly-plan', owner: [municipalityId, citizenId, id] }, file);
    },
    openPlan: async (tx, { municipalityId, citizenId, id }, sealed) => {
      const dataKey = await vault.unwrap({ municipalityId, citizenId }, await getRow(tx, citizenId));
      return unseal(dataKey, { purpose: 'weekly-plan', owner: [municipalityId, citizenId, id] }, sealed);
    },
    readSubject: async (tx, municipalityId, citizenId) => {
      const row = await getRow(tx, citizenId);
      return subjectOf(await vault.unwrap({ municipalityId, citizenId }, row), municipalityId, row);
    },
    readSubjects: async (tx, municipalityId, citizenIds) => {
      const subjects = new Map<string, string>();
      for (const [citizenId, row] of await readSealed(tx, citizenIds)) {
        const dataKey = await vault.unwrap({ municipalityId, citizenId }, row);
        subjects.set(citizenId, subjectOf(dataKey, municipalityId, row));
      }
      return subjects;
    },
    openReferences: async (tx, municipalityId) => {
      const indexKey = await vault.findIndexKey(tx, municipalityId);
      if (indexKey === null) return () => undefined;
      const rows = await tx.$queryRaw<{ citizenId: string; index: string }[]>`
        SELECT citizen_id AS "citizenId", encode(reference_index, 'hex') AS index FROM citizen_vault`;
      const byIndex = new Map(rows.map(({ citizenId, index }) => [index, citizenId]));
      return (reference) => byIndex.get(blindIndex(indexKey, 'reference', reference).toString('hex'));
    },
    findByReferences: async (tx, municipalityId, references) => {
      const indexKey = await vault.findIndexKey(tx, municipalityId);
      if (indexKey === null) return new Map();
      const byIndex = new Map(
        references.map((reference) => [
          blindIndex(indexKey, 'reference', reference).toString('hex'),
          reference,
        ]),
      );
      const rows = await tx.$queryRaw<{ citizenId: string; index: string }[]>`
        SELECT vault.citizen_id AS "citizenId", wanted.hex AS index
        FROM unnest(${[...byIndex.keys()]}::text[]) AS wanted (hex)
        JOIN citizen_vault AS vault ON vault.reference_index = decode(wanted.hex, 'hex')`;
      return new Map(rows.map(({ citizenId, index }) => [byIndex.get(index) ?? '', citizenId]));
    },
    readSealed,
    findIndex: async (tx, municipalityId, purpose, value) => {
      const indexKey = await vault.findIndexKey(tx, municipalityId);
      return indexKey === null ? null : blindIndex(indexKey, purpose, value);
    },
  };
}

function explainReference(error: unknown): never {
  if (violatedConstraint(error) === 'citizen_vault_reference_unique')
    throw new DomainError('reference_taken');
  throw error;
}
