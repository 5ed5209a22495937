import { randomUUID } from 'node:crypto';
import type { Permission } from '../contract/index.ts';
import { createLogSigner, formatVerifierKey, makeSeed } from '../ledger/index.ts';
import type { Case } from './access-case.ts';
import type { Place } from './access-place.ts';

/** One programme of each kind does for all cases of a place. */
const made = new WeakMap<Place, Map<string, Promise<string>>>();
const once = (place: Place, kind: string, make: () => Promise<string>): Promise<string> => {
  const kinds = made.get(place) ?? new Map<string, Promise<string>>();
  made.set(place, kinds);
  const id = kinds.get(kind) ?? make();
  kinds.set(kind, id);
  return id;
};

const milestone = {
  due: '2027-12-31',
  da: 'Mindst 45 borgere',
  en: 'At least 45 citizens',
  needs: [{ kind: 'measure', measure: 'has-received', atLeast: 45 }],
};

const own = (place: Place): Promise<string> =>
  once(place, 'own', async () => {
    const body = { name: `Online ${place.word}`, targetGroup: 450, startsOn: '2026-11-02' };
    const { id } = await place.have('programme.create', { body });
    await place.have('programme.setMilestone', { params: { id: String(id), code: 'M1' }, body: milestone });
    return String(id);
  });
const led = (place: Place): Promise<string> =>
  once(place, 'lead', async () => {
    const body = {
      name: `Fælles ${place.word}`,
      startsOn: '2026-11-02',
      milestones: [{ id: 'M1', ...milestone }],
    };
    return String((await place.have('programme.lead', { body })).id);
  });

const newMember = (place: Place) => ({
  name: `Medlem ${place.word} ${place.next()}`,
  verifierKey: formatVerifierKey(createLogSigner(`naer/medlem/${place.next()}`, makeSeed()).verifier),
  targetGroup: 200,
});

type Made = Partial<Awaited<ReturnType<Case['make']>>>;
const onProgramme = (
  operation: string,
  permission: Permission,
  more: Made | ((place: Place) => Made | Promise<Made>) = {},
): Case => ({
  operation,
  needs: [permission],
  make: async (place) => {
    const { params, ...rest } = typeof more === 'function' ? await more(place) : more;
    return { params: { id: await own(place), ...params }, ...rest };
  },
});

/**
 * What the tests have nothing for is asked for all the same: who may gets the refusal that it is not there yet, who may
 * not the one that they may not.
 */
const notThereYet = (one: Case, status: number): Case => ({
  ...one,
  unless: ['more than anybody has', status],
});

/** Of a joint programme nothing is known but month-ends, so whoever may have reports may ask how it goes. */
const howItGoes = (operation: string): Case[] => {
  const asked = operation === 'programme.forecast' ? { query: { target: '45', due: '2027-12-31' } } : {};
  return [
    {
      operation,
      needs: ['programme:report', 'programme:read'],
      make: async (place) => ({ params: { id: await own(place) }, ...asked }),
    },
    {
      operation,
      how: 'of a joint programme',
      needs: ['programme:report'],
      make: async (place) => ({ params: { id: await led(place) }, ...asked }),
    },
  ];
};

/** Exact figures for those who run the programme, month-ends for those beyond, and workers their own (domain page, section 1). */
export const programmeCases: readonly Case[] = [
  { operation: 'programme.list', needs: ['programme:list'], make: () => ({}) },
  {
    operation: 'programme.create',
    needs: ['programme:write'],
    make: (place) => ({
      body: { name: `Program ${place.word} ${place.next()}`, targetGroup: 450, startsOn: '2026-11-02' },
    }),
  },
  onProgramme('programme.change', 'programme:write', { body: { targetGroup: 460 } }),
  ...['programme.status', 'programme.milestones', 'programme.forecast'].flatMap(howItGoes),
  onProgramme('programme.measures', 'programme:read'),
  onProgramme('programme.setMilestones', 'programme:write', {
    body: { milestones: [{ id: 'M1', ...milestone }] },
  }),
  onProgramme('programme.setMilestone', 'programme:write', { params: { code: 'M2' }, body: milestone }),
  onProgramme('programme.removeMilestone', 'programme:write', async (place) => {
    const params = { id: await own(place), code: `X${place.next()}` };
    await place.have('programme.setMilestone', { params, body: milestone });
    return { params };
  }),
  onProgramme('programme.missing', 'programme:read'),
  onProgramme('programme.missingOwn', 'programme:own'),
  onProgramme('programme.activities', 'programme:read'),
  onProgramme('programme.setActivity', 'programme:write', {
    params: { code: 'F9' },
    body: { status: 'done', cases: 3, addEvidence: 'sag 26/1042' },
  }),
  onProgramme('programme.decide', 'programme:write', { body: { kind: 'expectation', choice: 'must' } }),
  onProgramme('programme.setTarget', 'programme:write', {
    params: { due: '2027-06-30' },
    body: { citizens: 2 },
  }),
  onProgramme('programme.holdFollowUp', 'programme:write', { body: { kind: 'goals' } }),
  onProgramme('programme.estimate', 'programme:write', { body: { percent: 20 } }),
  { operation: 'programme.listPreparations', needs: ['programme:write'], make: () => ({}) },
  {
    operation: 'programme.prepare',
    needs: ['programme:write'],
    make: (_place, { initials }) => ({ body: { initials: [initials], kind: 'trained' } }),
  },
  onProgramme('programme.months', 'programme:report'),
  notThereYet(onProgramme('programme.report', 'programme:report', { query: { month: '2026-10' } }), 409),

  {
    operation: 'programme.lead',
    needs: ['programme:lead'],
    make: (place) => ({
      body: {
        name: `Fælles ${place.word} ${place.next()}`,
        startsOn: '2026-11-02',
        milestones: [{ id: 'M1', ...milestone }],
      },
    }),
  },
  {
    operation: 'programme.invitation',
    needs: ['programme:lead'],
    make: async (place) => ({ params: { id: await led(place) } }),
  },
  {
    operation: 'programme.join',
    needs: ['programme:write'],
    make: async (place) => {
      const invitation = await place.have('programme.invitation', { params: { id: await led(place) } });
      const another = { programme: randomUUID(), name: `Invitation ${place.word} ${place.next()}` };
      return { body: { targetGroup: 200, invitation: { ...invitation, ...another } } };
    },
  },
  {
    operation: 'programme.members',
    needs: ['programme:lead'],
    make: async (place) => ({ params: { id: await led(place) } }),
  },
  {
    operation: 'programme.addMember',
    needs: ['programme:lead'],
    make: async (place) => ({ params: { id: await led(place) }, body: newMember(place) }),
  },
  {
    operation: 'programme.addMemberKey',
    needs: ['programme:lead'],
    make: async (place) => {
      const id = await led(place);
      const { verifierKey, ...body } = newMember(place);
      const member = await place.have('programme.addMember', {
        params: { id },
        body: { ...body, verifierKey },
      });
      return {
        params: { id, member: String(member.id) },
        body: { verifierKey: newMember(place).verifierKey },
      };
    },
  },
  notThereYet(onProgramme('programme.contribute', 'programme:write', { body: { month: '2026-01' } }), 409),
  notThereYet(
    {
      operation: 'programme.receive',
      needs: ['programme:lead'],
      make: async (place) => ({
        params: { id: await led(place) },
        body: { file: '-----BEGIN AGE ENCRYPTED FILE-----\nno contribution' },
      }),
    },
    422,
  ),
];
