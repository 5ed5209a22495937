import { api, type CallPage } from '../../contract/index.ts';
import type { Clock } from '../../kernel/clock.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import type { Actor, Endpoints, Guest } from '../identity/index.ts';
import type { CallDesk } from './call-desk.ts';
import type { createCallEnter } from './call-enter.ts';
import type { createCallOpen } from './call-open.ts';
import type { CallPageService } from './call-page.ts';
import type { CallPlan } from './call-plan.ts';
import type { CallShow } from './call-show.ts';
import type { CallStaff } from './call-staff.ts';
import type { createCallTry } from './call-try.ts';
import type { createCallWatch } from './call-watch.ts';
import type { Failures } from './failure.ts';
import type { Finishing } from './finish.ts';
import type { Links } from './link.ts';
import { findLink } from './link-store.ts';
import type { createNewLinks } from './new-link.ts';
import { listWaiting } from './waiting-store.ts';

export interface CallRouteDeps {
  readonly clock: Clock;
  readonly links: Pick<Links, 'urlOf'>;
  readonly desk: CallDesk;
  readonly show: CallShow;
  readonly staff: CallStaff;
  readonly page: CallPageService;
  readonly plan: CallPlan;
  readonly open: ReturnType<typeof createCallOpen>;
  readonly enter: ReturnType<typeof createCallEnter>;
  readonly tryNetwork: ReturnType<typeof createCallTry>;
  readonly watch: ReturnType<typeof createCallWatch>['watch'];
  readonly newLinks: Pick<ReturnType<typeof createNewLinks>, 'ask'>;
  readonly finishing: Pick<Finishing, 'finish' | 'answerWorked'>;
  readonly failures: Pick<Failures, 'reportTrouble' | 'readPhone'>;
}

/** For staff, by visit. */
export function registerStaffCallRoutes(
  endpoints: Endpoints,
  { clock, links, desk, show, staff }: CallRouteDeps,
): void {
  const routes = api.calls;
  endpoints.read(routes.waitingRoom, async (tx, { actor }) => ({
    items: (await listWaiting(tx, actor.staffId, clock.now())).map(({ since, plannedStartsAt, ...one }) => ({
      ...one,
      since: since.toISOString(),
      plannedStartsAt: plannedStartsAt?.toISOString() ?? null,
    })),
  }));
  const shown = async (tx: ReadTx, visitId: string, { actor }: { readonly actor: Actor }) => {
    const { call } = await desk.findForStaff(tx, actor, visitId);
    return show.call(tx, { now: clock.now() }, call.id);
  };
  endpoints.read(routes.show, (tx, { actor, params }) => shown(tx, params.id, { actor }));
  endpoints.write(
    routes.start,
    async (tx, { actor, params, body }) => ({
      reference: (await staff.start(tx, actor, params.id, body.agenda)).id,
    }),
    async (tx, linkId) => {
      const link = await findLink(tx, linkId);
      if (link === null) throw new DomainError('not_found', { kind: 'call' });
      return { url: links.urlOf(linkId), expiresAt: link.expiresAt.toISOString() };
    },
  );
  for (const act of ['admit', 'refuse', 'byPhone', 'revokeLink'] as const)
    endpoints.write(
      routes[act],
      async (tx, { actor, params, body }) => {
        await staff[act](tx, actor, params.id, body.seat);
        return { reference: params.id };
      },
      shown,
    );
  endpoints.write(
    routes.inviteGuest,
    async (tx, { actor, params, body }) => {
      await staff.inviteGuest(tx, actor, params.id, body);
      return { reference: params.id };
    },
    shown,
  );
  endpoints.write(
    routes.sendLink,
    async (tx, { actor, params, body }) => {
      await staff.sendLink(tx, actor, params.id, body);
      return { reference: params.id };
    },
    shown,
  );
}

/** For pages, by link. */
export function registerCallPageRoutes(
  endpoints: Endpoints,
  { desk, show, page, plan, open, enter, tryNetwork, watch, newLinks, finishing, failures }: CallRouteDeps,
): void {
  const routes = api.callPage;
  endpoints.openRaw(routes.open, ({ guest, body }) => open(guest, body));
  endpoints.openRaw(routes.watch, ({ guest, body }, signal) => watch(guest, body, signal));
  endpoints.openRaw(routes.tryNetwork, ({ guest, body }) => tryNetwork(guest, body));
  endpoints.openRaw(routes.enter, ({ guest, body }) => enter(guest, body));
  endpoints.openWrite(routes.reportTests, (tx, { guest, body }) => page.reportTests(tx, guest, body));
  endpoints.openWrite(routes.wait, (tx, { guest, body }) => page.wait(tx, guest, body));
  endpoints.openWrite(routes.revealKey, (tx, { guest, body }) => page.revealKey(tx, guest, body));
  endpoints.openWrite(routes.giveKeys, (tx, { guest, body }) => page.giveKeys(tx, guest, body));
  endpoints.openWrite(routes.admit, (tx, { guest, body }) => page.admit(tx, guest, body));
  endpoints.openWrite(routes.prepare, (tx, { guest, body }) => page.prepare(tx, guest, body));
  endpoints.openWrite(routes.leave, (tx, { guest, body }) => page.leave(tx, guest, body));
  endpoints.openWrite(routes.tellCompany, (tx, { guest, body }) => page.tellCompany(tx, guest, body));
  endpoints.openWrite(routes.declareAlone, (tx, { guest, body }) => page.declareAlone(tx, guest, body));

  endpoints.openUpload(routes.keepPlan, ({ guest, device }, bytes) => plan.keep(guest, device, bytes));
  endpoints.openDownload(routes.readPlan, (tx, { guest, body }) => plan.read(tx, guest, body.device));
  endpoints.openWrite(routes.removePlan, (tx, { guest, body }) => plan.remove(tx, guest, body.device));

  /** What may change the visit holds the visit before the call, so the page is only looked at here. */
  const settled = async (
    tx: Tx,
    guest: Guest,
    device: string,
    act: () => Promise<void>,
  ): Promise<CallPage> => {
    const seen = await desk.look(tx, guest, device);
    await act();
    return show.page(tx, seen);
  };
  endpoints.openWrite(routes.reportTrouble, (tx, { guest, body: { device, ...said } }) =>
    settled(tx, guest, device, () => failures.reportTrouble(tx, guest, said)),
  );
  endpoints.openWrite(routes.answerWorked, (tx, { guest, body }) =>
    settled(tx, guest, body.device, () => finishing.answerWorked(tx, guest, body.worked)),
  );
  endpoints.openWrite(routes.finish, (tx, { guest, body: { device, ...told } }) =>
    settled(tx, guest, device, () => finishing.finish(tx, guest, told)),
  );
  endpoints.openWrite(routes.readPhone, async (tx, { guest, body }) => {
    await desk.look(tx, guest, body.device);
    return failures.readPhone(tx, guest);
  });
  endpoints.anybody(routes.askNewLink, async ({ body }) => {
    await newLinks.ask(body);
    return { asked: true as const };
  });
}
