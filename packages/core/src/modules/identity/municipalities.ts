import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Role } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Ledger } from '../../ledger/index.ts';
import type { Tx } from '../../storage/index.ts';
import { hashTokenSecret } from './token-secret.ts';

export interface NewMunicipality {
  readonly id: string;
  readonly name: string;
  readonly isDemo: boolean;
  /** Made by the caller, who alone keeps it; only its hash is stored. */
  readonly tokenSecret: string;
  readonly administrator: {
    readonly initials: string;
    readonly name: string;
    readonly email: string | null;
    readonly roles: readonly Role[];
  };
}

export interface MunicipalityFounder {
  /**
   * Creates a municipality with its first administrator and a token for them, in a transaction that MUST be bound to the
   * new municipality's id.
   */
  found(tx: Tx, wish: NewMunicipality): Promise<void>;
}

const tokenDays = 366;
const defaultGraceMinutes = 10;

export function createMunicipalityFounder(deps: {
  readonly clock: Clock;
  readonly ledger: Ledger;
  /** What other modules put into a new municipality: legal bases, the key of its blind indexes. */
  readonly furnish: (tx: Tx, municipalityId: string) => Promise<void>;
}): MunicipalityFounder {
  const { clock, ledger, furnish } = deps;
  return {
    found: async (tx, { id, name, isDemo, tokenSecret, administrator }) => {
      const now = clock.now();
      const [staffId, tokenId] = [randomUUID(), randomUUID()];
      const expiresAt = new Date(now.getTime() + tokenDays * 86_400_000);
      await tx.municipality.create({
        data: { id, name, isDemo, checkInGraceMinutes: defaultGraceMinutes, createdAt: now },
      });
      await tx.staff.create({
        data: {
          municipalityId: id,
          id: staffId,
          initials: administrator.initials,
          name: administrator.name,
          email: administrator.email,
          roles: [...administrator.roles],
          shift: 'day',
          createdAt: now,
          updatedAt: now,
        },
      });
      await tx.accessToken.create({
        data: {
          municipalityId: id,
          id: tokenId,
          staffId,
          name: 'first',
          secretHash: hashTokenSecret(tokenSecret),
          scopes: [],
          expiresAt,
          createdAt: now,
        },
      });
      await furnish(tx, id);
      await ledger.append(tx, 'system', [
        { type: 'municipality.created' },
        { type: 'staff.registered', staff: staffId, roles: administrator.roles },
        { type: 'token.created', token: tokenId, staff: staffId, expiresAt: expiresAt.toISOString() },
      ]);
    },
  };
}

/** Every municipality of this installation, for work that goes through them one by one. */
export async function listMunicipalityIds(worker: Pool): Promise<readonly string[]> {
  const { rows } = await worker.query<{ id: string }>('SELECT id FROM municipality ORDER BY id');
  return rows.map((row) => row.id);
}
