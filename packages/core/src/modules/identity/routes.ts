import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { api, permissions } from '../../contract/index.ts';
import { decodeCursor, instantKey, toPage, uuidKey } from '../../kernel/cursor.ts';
import { DomainError } from '../../kernel/errors.ts';
import { type ReadTx, withinMunicipality } from '../../storage/index.ts';
import { allows, type Policy } from './actor.ts';
import type { Endpoints } from './endpoints.ts';
import type { MunicipalityFounder } from './municipalities.ts';
import { presentMunicipality, presentStaff, presentTeam, presentToken } from './presenter.ts';
import type { IdentityService } from './service.ts';
import { findStaffByInitials, getOwnMunicipality, withTeam } from './store.ts';
import { makeTokenSecret } from './token-secret.ts';

export interface IdentityRouteDeps {
  readonly identity: IdentityService;
  readonly founder: MunicipalityFounder;
  readonly worker: Pool;
  readonly wholePolicy: Policy;
}

export function registerIdentityRoutes(
  endpoints: Endpoints,
  { identity, founder, worker, wholePolicy }: IdentityRouteDeps,
): void {
  const routes = api.identity;

  const showStaff = async (tx: ReadTx, initials: string) => {
    const row = await findStaffByInitials(tx, initials);
    if (row === null) throw new DomainError('not_found', { kind: `staff ${initials}` });
    return presentStaff(row);
  };
  const showTeam = async (tx: ReadTx, id: string) =>
    presentTeam(await tx.team.findFirstOrThrow({ where: { id } }));
  const showToken = async (tx: ReadTx, id: string) =>
    presentToken(await tx.accessToken.findFirstOrThrow({ where: { id }, include: { staff: true } }));
  const showMunicipality = async (tx: ReadTx) => presentMunicipality(await getOwnMunicipality(tx));

  endpoints.read(routes.me, async (tx, { actor }) => {
    const [staff, municipality] = await Promise.all([showStaff(tx, actor.initials), showMunicipality(tx)]);
    return {
      staff,
      municipality,
      permissions: permissions.filter((permission) => allows(wholePolicy, actor, permission)),
      tokenExpiresAt: actor.tokenExpiresAt.toISOString(),
    };
  });
  endpoints.read(routes.showMunicipality, showMunicipality);
  endpoints.write(
    routes.changeMunicipality,
    async (tx, { actor, body }) => ({ reference: await identity.changeMunicipality(tx, actor, body) }),
    showMunicipality,
  );

  endpoints.read(routes.listMunicipalities, async () => {
    const { rows } = await worker.query<{
      id: string;
      name: string;
      isDemo: boolean;
      checkInGraceMinutes: number;
      createdAt: Date;
    }>(
      `SELECT id, name, is_demo AS "isDemo", check_in_grace_minutes AS "checkInGraceMinutes", created_at AS "createdAt" FROM municipality ORDER BY name, id`,
    );
    return { items: rows.map(presentMunicipality), next: null };
  });
  endpoints.write(
    routes.createMunicipality,
    async (tx, { body }) => {
      const [id, fresh] = [randomUUID(), makeTokenSecret()];
      await withinMunicipality(tx, id, (own) =>
        founder.found(own, {
          id,
          name: body.name,
          isDemo: false,
          tokenSecret: fresh,
          administrator: { ...body.administrator, roles: ['administrator'] },
        }),
      );
      return { reference: id, fresh };
    },
    async (tx, reference, _call, fresh) => ({
      ...(await withinMunicipality(tx, reference, showMunicipality)),
      adminToken: fresh ?? null,
    }),
  );

  endpoints.read(routes.listTeams, async (tx) => ({
    items: (await tx.team.findMany({ orderBy: { name: 'asc' } })).map(presentTeam),
    next: null,
  }));
  endpoints.write(
    routes.createTeam,
    async (tx, { actor, body }) => ({ reference: await identity.createTeam(tx, actor, body.name) }),
    showTeam,
  );
  endpoints.write(
    routes.renameTeam,
    async (tx, { actor, params, body }) => ({
      reference: await identity.renameTeam(tx, actor, params.id, body.name),
    }),
    showTeam,
  );

  endpoints.read(routes.listStaff, async (tx, { query }) => {
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, [/^[\p{L}\d]{1,12}$/u]);
    const rows = await tx.staff.findMany({
      where: {
        ...(query.ended ? {} : { endedAt: null }),
        ...(query.team === undefined ? {} : { team: { name: query.team } }),
        ...(query.role === undefined ? {} : { roles: { has: query.role } }),
        ...(after === null ? {} : { initials: { gt: after[0] } }),
      },
      orderBy: { initials: 'asc' },
      take: query.limit + 1,
      include: withTeam,
    });
    return toPage(rows, query.limit, presentStaff, (row) => [row.initials]);
  });
  endpoints.read(routes.showStaff, (tx, { params }) => showStaff(tx, params.initials));
  endpoints.write(
    routes.registerStaff,
    async (tx, { actor, body }) => ({ reference: await identity.registerStaff(tx, actor, body) }),
    showStaff,
  );
  endpoints.write(
    routes.changeStaff,
    async (tx, { actor, params, body }) => ({
      reference: await identity.changeStaff(tx, actor, params.initials, body),
    }),
    showStaff,
  );
  endpoints.write(
    routes.endStaff,
    async (tx, { actor, params }) => ({ reference: await identity.endStaff(tx, actor, params.initials) }),
    showStaff,
  );

  endpoints.read(routes.listTokens, async (tx, { actor, query }) => {
    const all = query.all && allows(wholePolicy, actor, 'tokens:manage');
    const after = query.cursor === undefined ? null : decodeCursor(query.cursor, [instantKey, uuidKey]);
    const rows = await tx.accessToken.findMany({
      where: {
        ...(all ? {} : { staffId: actor.staffId }),
        ...(after === null
          ? {}
          : { OR: [{ createdAt: { lt: after[0] } }, { createdAt: after[0], id: { gt: after[1] } }] }),
      },
      orderBy: [{ createdAt: 'desc' }, { id: 'asc' }],
      take: query.limit + 1,
      include: { staff: true },
    });
    return toPage(rows, query.limit, presentToken, (row) => [row.createdAt.toISOString(), row.id]);
  });
  endpoints.write(
    routes.createToken,
    (tx, { actor, body }) => identity.createToken(tx, actor, body),
    async (tx, reference, _call, fresh) => ({ ...(await showToken(tx, reference)), secret: fresh ?? null }),
  );
  endpoints.write(
    routes.revokeToken,
    async (tx, { actor, params }) => ({ reference: await identity.revokeToken(tx, actor, params.id) }),
    showToken,
  );
}
