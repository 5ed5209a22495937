import { api } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import type { ReadTx } from '../../../storage/index.ts';
import type { Endpoints, Guest } from '../../identity/index.ts';
import type { CallDesk } from '../call-desk.ts';
import type { CallShow } from '../call-show.ts';
import { presentTalk, presentTalkPage, presentTalks } from './presenter.ts';
import type { Proposals } from './proposal.ts';
import { assertCitizen, type Talks } from './service.ts';
import { findTalk } from './store.ts';

export interface TalkRouteDeps {
  readonly desk: Pick<CallDesk, 'look'>;
  readonly show: Pick<CallShow, 'page'>;
  readonly talks: Talks;
  readonly proposals: Proposals;
}

/** For staff, and for the citizen by the link of their seat. */
export function registerTalkRoutes(
  endpoints: Endpoints,
  { desk, show, talks, proposals }: TalkRouteDeps,
): void {
  const routes = api.talks;
  const answered = async (tx: ReadTx, id: string) => {
    const talk = await findTalk(tx, id);
    if (talk === null) throw new DomainError('not_found', { kind: 'talk' });
    return presentTalk(talk);
  };
  endpoints.read(routes.list, async (tx, { actor, query }) =>
    presentTalks(await talks.list(tx, actor, query.worker)),
  );
  endpoints.write(
    routes.propose,
    async (tx, { actor, params, body }) => {
      await talks.propose(tx, actor, params.id, body);
      return { reference: params.id };
    },
    answered,
  );
  endpoints.write(
    routes.decline,
    async (tx, { actor, params }) => {
      await talks.decline(tx, actor, params.id);
      return { reference: params.id };
    },
    answered,
  );

  const page = api.callPage;
  const seen = async (tx: ReadTx, guest: Guest) => presentTalkPage(await talks.show(tx, guest));
  endpoints.openRead(page.showTalk, async (tx, { guest, body }) => {
    await desk.look(tx, guest, body.device);
    assertCitizen(guest);
    return seen(tx, guest);
  });
  endpoints.openWrite(page.askTalk, async (tx, { guest, body }) => {
    await desk.look(tx, guest, body.device);
    await talks.ask(tx, guest, new Date(body.wishedAt));
    return seen(tx, guest);
  });
  endpoints.openWrite(page.withdrawTalk, async (tx, { guest, body }) => {
    await desk.look(tx, guest, body.device);
    await talks.withdraw(tx, guest);
    return seen(tx, guest);
  });
  // What may change the visit holds the visit before the call, so the page is only looked at here.
  endpoints.openWrite(page.answerProposal, async (tx, { guest, body: { device, ...answer } }) => {
    const taken = await desk.look(tx, guest, device);
    await proposals.answer(tx, guest, answer);
    return show.page(tx, taken);
  });
}
