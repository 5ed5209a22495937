import { api } from '../../../contract/index.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { type Endpoints, getStaffByInitials } from '../../identity/index.ts';
import { presentGroundRules } from './presenter.ts';
import type { GroundRulesService } from './service.ts';
import { readCallDefaults, readTalkHours } from './store.ts';

export function registerGroundRulesRoutes(
  endpoints: Endpoints,
  { groundRules }: { readonly groundRules: GroundRulesService },
): void {
  const routes = api.groundRules;
  const presentHours = async (tx: ReadTx, initials: string) => {
    const { id } = await getStaffByInitials(tx, initials);
    return { worker: initials, hours: [...(await readTalkHours(tx, id))] };
  };

  endpoints.read(routes.show, async (tx, { actor, params }) =>
    presentGroundRules(await groundRules.show(tx, actor, params.code)),
  );
  endpoints.write(
    routes.change,
    async (tx, { actor, params, body }) => ({
      reference: await groundRules.change(tx, actor, params.code, body),
    }),
    async (tx, code, { actor }) => presentGroundRules(await groundRules.showChanged(tx, actor, code)),
  );
  endpoints.read(routes.showDefaults, (tx) => readCallDefaults(tx));
  endpoints.write(
    routes.changeDefaults,
    async (tx, { actor, body }) => {
      await groundRules.changeDefaults(tx, actor, body);
      return { reference: actor.municipalityId };
    },
    (tx) => readCallDefaults(tx),
  );
  endpoints.read(routes.showTalkHours, (tx, { params }) => presentHours(tx, params.initials));
  endpoints.write(
    routes.setTalkHours,
    async (tx, { actor, params, body }) => ({
      reference: await groundRules.setTalkHours(tx, actor, params.initials, body.hours),
    }),
    presentHours,
  );
}
