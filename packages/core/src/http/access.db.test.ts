import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Access, allRoutes, api, type Role } from '../contract/index.ts';
import { ManualClock } from '../kernel/clock.ts';
import { citizensPolicy } from '../modules/citizens/index.ts';
import { createChangeEvents } from '../storage/index.ts';
import {
  type Allowance,
  idsOf,
  makePlace,
  type Place,
  startTestApp,
  type TestApp,
  walkAccess,
} from '../testing/index.ts';
import { createLog } from './logging.ts';
import { createMetrics } from './metrics.ts';
import { createServer } from './server.ts';

/**
 * Who may what, written out from what each role does (domain page, section 1), apart from the policies of the modules.
 * A support worker and a super-user see the citizens of their team and those they support, nobody else's.
 */
const everybody = ['municipality:read', 'tokens:own'] as const;
const allowance: Allowance = {
  'support-worker': {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'events:read',
      'programme:list',
      'programme:own',
    ],
    near: [
      'citizens:read',
      'citizens:write',
      'citizens:step',
      'citizens:assess',
      'citizens:read-identity',
      'citizens:write-identity',
      'citizens:find',
      'visits:read',
      'visits:write',
      'visits:read-note',
      'granted:read',
      'hand-off:read',
      'hand-off:write',
      'ground-rules:read',
      'ground-rules:write',
      'messages:read',
      'messages:read-mailbox',
      'messages:retry',
      'calls:read',
      'calls:host',
    ],
  },
  'super-user': {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'rooms:book-for-others',
      'events:read',
      'programme:list',
      'programme:own',
    ],
    near: [
      'citizens:read',
      'visits:read',
      'calls:read',
      'ground-rules:read',
      'messages:read',
      'messages:retry',
    ],
  },
  coordinator: {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:write',
      'rooms:book',
      'rooms:book-for-others',
      'events:read',
      'ledger:read',
      'ledger:check',
      'citizens:read',
      'citizens:write',
      'citizens:step',
      'citizens:assess',
      'citizens:read-identity',
      'citizens:write-identity',
      'citizens:find',
      'citizens:read-accesses',
      'citizens:erase',
      'citizens:import',
      'citizens:export',
      'citizens:export-identities',
      'calls:read',
      'calls:host',
      'visits:read',
      'visits:write',
      'visits:write-for-others',
      'visits:read-note',
      'visits:write-rules',
      'visits:import',
      'granted:read',
      'hand-off:read',
      'hand-off:write',
      'hand-off:export',
      'ground-rules:read',
      'ground-rules:write',
      'ground-rules:write-defaults',
      'programme:read',
      'programme:write',
      'programme:list',
      'programme:report',
      'programme:lead',
      'messages:read',
      'messages:read-mailbox',
      'messages:retry',
    ],
  },
  'cross-municipal-lead': { all: [...everybody, 'programme:list', 'programme:report', 'programme:lead'] },
  leader: {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'rooms:book-for-others',
      'events:read',
      'ledger:read',
      'ledger:check',
      'citizens:read',
      'citizens:read-accesses',
      'citizens:export',
      'calls:read',
      'calls:host',
      'visits:read',
      'visits:write',
      'visits:write-for-others',
      'visits:write-rules',
      'granted:read',
      'hand-off:read',
      'ground-rules:read',
      'ground-rules:write-defaults',
      'programme:read',
      'programme:write',
      'programme:list',
      'programme:report',
      'messages:read',
      'messages:retry',
    ],
  },
  'it-support': {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'events:read',
      'operations:read',
      'operations:retry',
    ],
  },
  'night-watch': {
    all: [...everybody, 'staff:read', 'rooms:read', 'rooms:book', 'events:read', 'citizens:find'],
  },
  'peer-supporter': { all: [...everybody, 'rooms:read'] },
  'data-protection-officer': {
    all: [
      ...everybody,
      'staff:read',
      'events:read',
      'ledger:read',
      'ledger:check',
      'citizens:read',
      'citizens:read-accesses',
      'citizens:erase',
      'programme:list',
      'programme:report',
    ],
  },
  'it-auditor': {
    all: [
      ...everybody,
      'staff:read',
      'events:read',
      'ledger:read',
      'ledger:check',
      'ledger:witness',
      'operations:read',
      'programme:list',
      'programme:report',
    ],
  },
  caseworker: {
    all: [
      ...everybody,
      'staff:read',
      'rooms:read',
      'rooms:book',
      'events:read',
      'citizens:read',
      'citizens:write',
      'citizens:step',
      'citizens:assess',
      'citizens:read-identity',
      'citizens:write-identity',
      'citizens:find',
      'visits:read',
      'granted:read',
      'ground-rules:read',
      'ground-rules:write',
    ],
  },
  administrator: {
    all: [
      ...everybody,
      'municipality:write',
      'staff:read',
      'staff:write',
      'tokens:manage',
      'rooms:read',
      'rooms:write',
      'rooms:book',
      'rooms:book-for-others',
      'events:read',
      'ledger:read',
      'ledger:check',
      'ledger:write',
      'ledger:witness',
      'operations:read',
      'operations:retry',
      'citizens:read',
      'citizens:write',
      'citizens:import',
      'citizens:export',
      'visits:write-rules',
      'visits:import',
      'ground-rules:read',
      'ground-rules:write-defaults',
      'demo:reset',
    ],
  },
  operator: { all: [...everybody, 'municipality:create', 'operations:read', 'operations:rotate-master-key'] },
};

const clock = () => new ManualClock('2026-11-24T08:00:00Z');

describe('every operation, asked by everybody', () => {
  let running: TestApp;
  beforeAll(async () => {
    running = await startTestApp({ clock: clock(), holdsMessages: true });
  });
  afterAll(() => running.close());

  // Some four thousand requests: in three, so that a busy machine is not taken for one that hangs.
  const later = /^(visits|programme|ledger)\./;
  const ofCalls = /^(calls|callPage|talks|messages|groundRules)\./;
  it.each([
    ['of visits, programmes and the ledger', (id: string) => later.test(id)],
    ['of calls and messages', (id: string) => ofCalls.test(id)],
    ['of everything else', (id: string) => !later.test(id) && !ofCalls.test(id)],
  ])(
    'answers those who may, and shows and changes nothing for those who may not: %s',
    {
      timeout: 180_000,
    },
    async (_, isMeant) => {
      const only = allRoutes.map(({ id }) => id).filter(isMeant);
      expect(await walkAccess(running, allowance, { only })).toEqual([]);
    },
  );

  describe('the walk bites when', () => {
    const walk = (...only: string[]) => walkAccess(running, allowance, { only });

    it('a policy lets in a role too many', async () => {
      const granted: Role[] = citizensPolicyList('citizens:read');
      granted.push('operator');
      try {
        expect(await walk('citizens.list')).toEqual(
          expect.arrayContaining([
            'GET /citizens: operator got 200, not 403',
            'GET /citizens: operator was told the code of a citizen',
          ]),
        );
      } finally {
        granted.pop();
      }
    });

    it('a policy forgets a role', async () => {
      const granted = citizensPolicyList('citizens:find');
      const [last] = granted.splice(-1);
      try {
        expect(await walk('citizens.find')).toContainEqual(
          expect.stringMatching(/^POST \/citizens\/find: night-watch got 403, not 200/),
        );
      } finally {
        if (last !== undefined) granted.push(last);
      }
    });

    it('a route asks for no permission', async () => {
      await withAccess(api.rooms.listRooms, 'authenticated', async () => {
        expect(await walk('rooms.listRooms')).toContain('GET /rooms: operator elsewhere got 200, not 403');
      });
    });

    it('a route is open to everybody', async () => {
      await withAccess(api.ledger.listLeaves, 'public', async () => {
        expect(await walk()).toContain('ledger.listLeaves is open to everybody');
      });
    });

    it('row security lets rows of others through', async () => {
      await running.test.superuser.query('CREATE POLICY wide ON outbox_message TO naer_app USING (true)');
      try {
        const findings = await walk('operations.retryOutbox');
        expect(findings).toContain('POST /outbox/:id/retry: it-support elsewhere got 200, not 404');
        expect(findings).toContain('POST /outbox/:id/retry: somebody from elsewhere changed something');
      } finally {
        await running.test.superuser.query('DROP POLICY wide ON outbox_message');
      }
    });

    it('a route is added without a guard, beside the contract', async () => {
      const server = await createServer({
        config: { host: '', port: 0, publicUrl: null, tls: null, trustedProxies: [], requestsPerMinute: 0 },
        log: createLog('silent'),
        metrics: createMetrics(),
        authenticate: async () => null,
        authenticateGuest: async () => null,
      });
      server.get('/api/v1/citizens/:code/shadow', { config: { open: true } }, async () => ({
        name: 'Lærke',
      }));
      server.get('/api/v1/hidden', { schema: { hide: true } }, async () => 'x');
      await server.ready();
      const findings = await walkAccess(running, allowance, { served: { app: { ...running.app, server } } });
      expect(findings).toContain(
        'GET /citizens/:code/shadow: nobody got 200, though no case says that anybody may',
      );
      expect(findings).toContain('GET /citizens/:code/shadow  is described and not in the contract');
      expect(findings).toContain('GET /api/v1/hidden is served and described nowhere');
      await server.close();
    });
  });
});

describe('a listener', () => {
  let running: TestApp;
  let nord: Place;
  let syd: Place;
  beforeAll(async () => {
    running = await startTestApp({ clock: clock(), holdsMessages: true });
    nord = await makePlace(running, 'Nord', 2);
    syd = await makePlace(running, 'Syd', 3);
  });
  afterAll(() => running.close());

  /** Everything somebody hears from the beginning up to a change that is made after they began to listen. */
  const hear = async (place: Place, role: Role): Promise<string> => {
    const leaving = new AbortController();
    const answer = await fetch(`${running.url}/api/v1/events?after=0`, {
      headers: { authorization: `Bearer ${place.people.get(role)?.token}` },
      signal: leaving.signal,
    });
    const { id } = await place.have('rooms.createSite', { body: { name: `Sidst ${place.next()}` } });
    let text = '';
    for await (const piece of answer.body ?? []) {
      text += Buffer.from(piece).toString();
      if (text.includes(String(id))) break;
    }
    leaving.abort();
    return text;
  };

  it.each(['support-worker', 'super-user'] as const)(
    'hears of the citizens near them and of no others: %s',
    async (role) => {
      const heard = await hear(nord, role);
      expect(heard).toContain(nord.nearCitizen.code);
      expect(heard).not.toContain(nord.farCitizen.code);
    },
  );

  it.each(['coordinator', 'caseworker', 'leader'] as const)(
    'hears of every citizen of their municipality: %s',
    async (role) => {
      const heard = await hear(nord, role);
      for (const { code } of [nord.nearCitizen, nord.farCitizen]) expect(heard).toContain(code);
    },
  );

  it.each(['it-support', 'night-watch'] as const)(
    'hears of no citizen whom they may not read about: %s',
    async (role) => {
      const heard = await hear(nord, role);
      for (const { code } of [nord.nearCitizen, nord.farCitizen]) expect(heard).not.toContain(code);
    },
  );

  it('hears of who read an identity only if they may read the list of that', async () => {
    await nord.have('citizens.readIdentity', {
      params: { code: nord.nearCitizen.code },
      body: { reason: 'contact' },
    });
    for (const role of ['coordinator', 'leader'] as const)
      expect([role, await hear(nord, role)]).toEqual([
        role,
        expect.stringContaining('citizen.identity-read'),
      ]);
    for (const role of ['support-worker', 'super-user', 'caseworker', 'administrator'] as const)
      expect([role, (await hear(nord, role)).includes('citizen.identity-read')]).toEqual([role, false]);
  });

  it('hears that a call failed where it is support, and of calls nothing else', async () => {
    const call = randomUUID();
    await running.test.database.write(nord.id, async (tx) => {
      const changes = createChangeEvents({ clock: clock() });
      for (const type of ['call.changed', 'call.failed'])
        await changes.append(tx, { type, entity: { kind: 'call', id: call } });
    });
    const ofCall = async (role: Role) =>
      [...(await hear(nord, role)).matchAll(/"type":"(call\.\w+)"/g)].map(([, type]) => type);
    expect(await ofCall('it-support')).toEqual(['call.failed']);
    for (const role of ['night-watch', 'caseworker'] as const)
      expect([role, await ofCall(role)]).toEqual([role, []]);
  });

  it('hears of nothing elsewhere', async () => {
    const heard = await hear(syd, 'coordinator');
    const ids = await idsOf(running, nord);
    expect(heard).toContain(syd.nearCitizen.code);
    expect([...ids].filter((id) => heard.includes(id))).toEqual([]);
    expect(heard).not.toMatch(/nord/i);
  });
});

/** The list that the service itself consults, to be broken and mended again. */
function citizensPolicyList(permission: 'citizens:read' | 'citizens:find'): Role[] {
  return citizensPolicy[permission] as readonly Role[] as Role[];
}

async function withAccess(
  route: { readonly access: Access },
  access: Access,
  work: () => Promise<void>,
): Promise<void> {
  const declared = route.access;
  Object.assign(route, { access });
  try {
    await work();
  } finally {
    Object.assign(route, { access: declared });
  }
}
