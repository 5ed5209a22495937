import type { Pool } from 'pg';
import type { Permission, Role } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Actor } from './actor.ts';
import { hashTokenSecret } from './token-secret.ts';

export interface Authentication {
  /** The actor of a token that holds now, or null. Asked of the database every time, so a revoked token ends at once. */
  authenticate(secret: string): Promise<Actor | null>;
  /** Whether an actor's token still holds. */
  stillValid(actor: Actor): Promise<boolean>;
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
  readonly stale: boolean;
}

const holds = `token.revoked_at IS NULL AND token.expires_at > $2 AND staff.ended_at IS NULL`;
const join = `FROM access_token AS token JOIN staff ON staff.municipality_id = token.municipality_id AND staff.id = token.staff_id`;
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
      const { rows } = await worker.query<Row>({
        name: 'naer_authenticate',
        text: `SELECT token.municipality_id, token.id AS token_id, staff.id AS staff_id, staff.initials, staff.team_id, staff.roles, token.scopes,
                 token.expires_at, (token.last_used_at IS NULL OR token.last_used_at < $3) AS stale
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
      return {
        municipalityId: row.municipality_id,
        staffId: row.staff_id,
        initials: row.initials,
        teamId: row.team_id,
        roles: row.roles,
        scopes: row.scopes.length === 0 ? null : row.scopes,
        tokenId: row.token_id,
        tokenExpiresAt: row.expires_at,
      };
    },
    stillValid: async (actor) => {
      const { rowCount } = await worker.query(`SELECT 1 ${join} WHERE token.id = $1 AND ${holds}`, [
        actor.tokenId,
        clock.now(),
      ]);
      return rowCount === 1;
    },
  };
}
