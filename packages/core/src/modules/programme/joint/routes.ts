import { api, type Member } from '../../../contract/index.ts';
import type { Endpoints } from '../../identity/index.ts';
import { getProgramme, kindWrong, presentProgramme } from '../plan/index.ts';
import type { Joint } from './service.ts';
import { getMember, listMembers, type MemberRow } from './store.ts';

export function registerJointRoutes(endpoints: Endpoints, { joint }: { readonly joint: Joint }): void {
  const routes = api.programme;

  endpoints.write(
    routes.lead,
    async (tx, { actor, body }) => ({ reference: (await joint.lead(tx, actor, body)).id }),
    async (tx, id) => presentProgramme(await getProgramme(tx, id)),
  );
  endpoints.read(routes.invitation, (tx, { params }) => joint.invite(tx, params.id));
  endpoints.write(
    routes.join,
    async (tx, { actor, body }) => ({ reference: (await joint.join(tx, actor, body)).id }),
    async (tx, id, { actor }) => ({
      programme: presentProgramme(await getProgramme(tx, id)),
      verifierKey: await joint.ownKey(tx, actor.municipalityId),
    }),
  );
  endpoints.read(routes.members, async (tx, { params }) => {
    const programme = await getProgramme(tx, params.id);
    if (programme.kind !== 'lead') throw kindWrong(programme);
    return { items: (await listMembers(tx, params.id)).map(presentMember), next: null };
  });
  endpoints.write(
    routes.addMember,
    async (tx, { actor, params, body }) => ({ reference: await joint.addMember(tx, actor, params.id, body) }),
    async (tx, id, { params }) => presentMember(await getMember(tx, params.id, id)),
  );
  endpoints.write(
    routes.addMemberKey,
    async (tx, { actor, params, body }) => {
      await joint.addMemberKey(tx, actor, params.id, params.member, body.verifierKey);
      return { reference: params.member };
    },
    async (tx, id, { params }) => presentMember(await getMember(tx, params.id, id)),
  );
  endpoints.write(
    routes.contribute,
    async (tx, { actor, params, body }) => {
      const { note, file } = await joint.contribute(tx, actor, params.id, body.month);
      await joint.tellContributed(tx, actor, params.id, body.month, note);
      return { reference: body.month, fresh: file };
    },
    // Said again it is the same text, encrypted anew.
    async (tx, month, { actor, params }, fresh) => ({
      month,
      file: fresh ?? (await joint.contribute(tx, actor, params.id, month)).file,
    }),
  );
  endpoints.write(
    routes.receive,
    async (tx, { actor, params, body }) => ({
      reference: await joint.receive(tx, actor, params.id, body.file),
    }),
    (tx, contribution, { params }) => joint.readReceived(tx, params.id, contribution),
  );
}

const presentMember = ({ id, name, verifierKeys, joinedOn, leftOn, lastMonth }: MemberRow): Member => ({
  id,
  name,
  verifierKeys: [...verifierKeys],
  joinedOn,
  leftOn,
  lastMonth,
});
