import type { Pool } from 'pg';
import type { Permission, Role } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Actor } from './actor.ts';
import { hashTokenSecret } from './token-secret.ts';

export interface Authentication {
  /** The actor of a token that holds now, or null. Asked of the database every time, so a revoked token ends at once. */
  authenticate(secret: string): Promise<Actor | null>;
  /** The same actor with the roles of now, or null when their token no longer holds. */
  renew(actor: Actor): Promise<Actor | null>;
}

interface Row {
  readonly municipality_id: string;
  readonly staff_id: string;
  readonly token_id: string;
  readonly initials: string;
  readonly team_id: string | null;
  readonly roles: Role[];
  readonly scopes: Permission[];
  readonly expires_at: Date;
  readonly is_demo: boolean;
}

const columns = `token.municipality_id, token.id AS token_id, staff.id AS staff_id, staff.initials, staff.team_id, staff.roles,
  token.scopes, token.expires_at, municipality.is_demo`;

const holds = `token.revoked_at IS NULL AND token.expires_at > $2 AND staff.ended_at IS NULL`;
const join = `FROM access_token AS token JOIN staff ON staff.municipality_id = token.municipality_id AND staff.id = token.staff_id
  JOIN municipality ON municipality.id = token.municipality_id`;
/** "Last used" is for finding forgotten tokens; an hour's grain spares a write per request. */
const lastUsedGrainMs = 3_600_000;

export function createAuthentication({
  worker,
  clock,
}: {
  readonly worker: Pool;
  readonly clock: Clock;
}): Authentication {
  return {
    authenticate: async (secret) => {
      const now = clock.now();
      const { rows } = await worker.query<Row & { readonly stale: boolean }>({
        name: 'naer_authenticate',
        text: `SELECT ${columns}, (token.last_used_at IS NULL OR token.last_used_at < $3) AS stale
               ${join} WHERE token.secret_hash = $1 AND ${holds}`,
        values: [hashTokenSecret(secret), now, new Date(now.getTime() - lastUsedGrainMs)],
      });
      const [row] = rows;
      if (row === undefined) return null;
      if (row.stale) {
        await worker.query(
          'UPDATE access_token SET last_used_at = $3 WHERE municipality_id = $1 AND id = $2',
          [row.municipality_id, row.token_id, now],
        );
      }
      return toActor(row);
    },
    renew: async (actor) => {
      const { rows } = await worker.query<Row>(
        `SELECT ${columns} ${join} WHERE token.municipality_id = $1 AND token.id = $3 AND ${holds}`,
        [actor.municipalityId, clock.now(), actor.tokenId],
      );
      const [row] = rows;
      return row === undefined ? null : toActor(row);
    },
  };
}

const toActor = (row: Row): Actor => ({
  municipalityId: row.municipality_id,
  staffId: row.staff_id,
  initials: row.initials,
  teamId: row.team_id,
  roles: row.roles,
  scopes: row.scopes.length === 0 ? null : row.scopes,
  tokenId: row.token_id,
  tokenExpiresAt: row.expires_at,
  isDemo: row.is_demo,
});
