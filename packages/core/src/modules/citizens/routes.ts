import { api } from '../../contract/index.ts';
import { decodeCursor, instantKey, toPage, uuidKey } from '../../kernel/cursor.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ReadTx } from '../../storage/index.ts';
import { type Endpoints, findStaffByInitials, getTeamByName } from '../identity/index.ts';
import type { CitizenIdentities } from './identity-service.ts';
import { type createLegalBases, listLegalBases } from './legal-bases.ts';
import { presentAccess, presentAssessment, presentCitizen, presentStep } from './presenter.ts';
import type { CitizensService } from './service.ts';
import { findCitizen, getAssessment, getStep, listAssessments, listCitizens, listSteps } from './store.ts';

export interface CitizenRouteDeps {
  readonly citizens: CitizensService;
  readonly citizenIdentities: CitizenIdentities;
  readonly legalBases: ReturnType<typeof createLegalBases>;
}

export function registerCitizenRoutes(
  endpoints: Endpoints,
  { citizens, citizenIdentities, legalBases }: CitizenRouteDeps,
): void {
  const routes = api.citizens;
  const whole = <Item>(items: Item[]) => ({ items, next: null });

  /** For the answer to a write, which may have moved the citizen out of the writer's reach. */
  const present = async (tx: ReadTx, code: string) => {
    const row = await findCitizen(tx, code);
    if (row === null) throw new DomainError('not_found', { kind: `citizen ${code}` });
    return presentCitizen(row);
  };

  /** Also of one who has left: their citizens are just those somebody looks for. */
  const idOfWorker = async (tx: ReadTx, initials: string): Promise<string> => {
    const found = await findStaffByInitials(tx, initials);
    if (found === null) throw new DomainError('not_found', { kind: `staff ${initials}` });
    return found.id;
  };

  endpoints.read(routes.listLegalBases, async (tx) => whole(await listLegalBases(tx)));
  endpoints.write(
    routes.addLegalBasis,
    async (tx, { actor, body }) => ({ reference: await legalBases.add(tx, actor, body) }),
    async (tx, reference) => {
      const found = (await listLegalBases(tx)).find(({ code }) => code === reference);
      if (found === undefined) throw new DomainError('not_found', { kind: 'legal basis' });
      return found;
    },
  );

  endpoints.read(routes.list, async (tx, { actor, query }) => {
    const { limit, cursor, status, team, worker, erased } = query;
    const [after] = cursor === undefined ? [null] : decodeCursor(cursor, [/^B-[0-9A-Z]{5}$/]);
    const filter = {
      after,
      limit: limit + 1,
      status: status ?? null,
      teamId: team === undefined ? null : (await getTeamByName(tx, team)).id,
      workerId: worker === undefined ? null : await idOfWorker(tx, worker),
      erased,
    };
    return toPage(await listCitizens(tx, actor, filter), limit, presentCitizen, ({ code }) => [code]);
  });
  endpoints.write(
    routes.register,
    async (tx, { actor, body }) => ({ reference: await citizens.register(tx, actor, body) }),
    present,
  );
  endpoints.read(routes.show, async (tx, { actor, params }) =>
    presentCitizen(await citizens.show(tx, actor, params.code)),
  );
  endpoints.write(
    routes.change,
    async (tx, { actor, params, body }) => ({
      reference: await citizens.change(tx, actor, params.code, body),
    }),
    present,
  );

  endpoints.read(routes.listSteps, async (tx, { actor, params }) => {
    const { id } = await citizens.show(tx, actor, params.code);
    return whole((await listSteps(tx, id)).map(presentStep));
  });
  endpoints.write(
    routes.takeStep,
    async (tx, { actor, params, body }) => ({
      reference: await citizens.takeStep(tx, actor, params.code, body),
    }),
    async (tx, id) => presentStep(await getStep(tx, id)),
  );
  endpoints.read(routes.listAssessments, async (tx, { actor, params }) => {
    const { id } = await citizens.show(tx, actor, params.code);
    return whole((await listAssessments(tx, id)).map(presentAssessment));
  });
  endpoints.write(
    routes.assess,
    async (tx, { actor, params, body }) => ({
      reference: await citizens.assess(tx, actor, params.code, body),
    }),
    async (tx, id) => presentAssessment(await getAssessment(tx, id)),
  );

  endpoints.write(
    routes.readIdentity,
    async (tx, { actor, params, body }) => ({
      reference: params.code,
      fresh: await citizenIdentities.read(tx, actor, params.code, body.reason),
    }),
    // A repeated request has nothing fresh: it is another reading, and logged as one.
    async (tx, code, { actor, body }, fresh) => fresh ?? citizenIdentities.read(tx, actor, code, body.reason),
  );
  endpoints.write(
    routes.changeIdentity,
    async (tx, { actor, params, body }) => ({
      reference: await citizenIdentities.change(tx, actor, params.code, body),
    }),
    present,
  );
  endpoints.write(
    routes.find,
    async (tx, { actor, body }) => ({ reference: (await citizenIdentities.find(tx, actor, body)).join(' ') }),
    async (_tx, reference) => ({ codes: reference === '' ? [] : reference.split(' ') }),
  );
  endpoints.read(routes.listAccesses, async (tx, { actor, params, query }) => {
    const { limit, cursor } = query;
    const after = cursor === undefined ? null : decodeCursor(cursor, [instantKey, uuidKey]);
    const rows = await citizenIdentities.listAccesses(tx, actor, params.code, after, limit);
    return toPage(rows, limit, presentAccess, ({ at, id }) => [at.toISOString(), id]);
  });
  endpoints.write(
    routes.erase,
    async (tx, { actor, params, body }) => ({
      reference: await citizenIdentities.erase(tx, actor, params.code, body),
    }),
    present,
  );
}
