import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { allRoutes, api, type Role, roles, type VisitState } from '../contract/index.ts';
import { encodeLeaf, hashLeaf } from '../ledger/index.ts';
import { createIdentities, openVault } from '../modules/citizens/index.ts';
import { createLinks, linkKeyPurpose } from '../modules/media/index.ts';
import type { TestApp } from './app.ts';
import { addPerson, ask, foundMunicipality, type Person, type Sending } from './people.ts';

/** What the browser of a page keeps, in the cases of calls. */
export const caseDevice = 'zq1Jf0Xb3vYkTn2mWc8LaQ';

/** A municipality at work: somebody in every role, all in one team, and something of everything there is. */
export interface Place {
  readonly id: string;
  readonly word: string;
  readonly chief: Person;
  readonly people: ReadonlyMap<Role, Person>;
  readonly otherOperator: Person;
  readonly team: { readonly id: string; readonly name: string };
  readonly siteName: string;
  readonly roomId: string;
  readonly nearCitizen: Citizen;
  /** Of another team, supported by nobody here. */
  readonly farCitizen: Citizen;
  /** Names, numbers and references of citizens, as they were typed in. */
  readonly identities: readonly string[];
  /** A number never given before. */
  next(): number;
  /** Half an hour that nobody has booked yet. */
  nextTime(): { readonly startsAt: string; readonly endsAt: string };
  /** Asks as the chief, and needs an answer. */
  have(operation: string, sending?: Sending): Promise<Record<string, unknown>>;
  citizen(where?: 'near' | 'far'): Promise<Citizen>;
  room(): Promise<string>;
  booking(worker: Person, at?: { readonly startsAt: string; readonly endsAt: string }): Promise<string>;
  /** A visit that began a moment ago or is about to, of somebody who works here. */
  visit(worker: Person, where: 'near' | 'far', state: VisitState): Promise<string>;
  /** A visit by video with its call, and the seat of the citizen, who waits. */
  call(worker: Person, where: 'near' | 'far'): Promise<{ readonly visit: string; readonly seat: string }>;
  /** What a citizen has asked a worker for. */
  talk(worker: Person, where: 'near' | 'far'): Promise<string>;
  /** What opens a seat in a call for the device that the cases name. */
  linkToken(): Promise<string>;
  token(owner: Person): Promise<string>;
  importRun(owner: Person): Promise<string>;
  deadMessage(): Promise<string>;
  /** A message to a citizen that was given up. */
  failedMessage(where: 'near' | 'far'): Promise<string>;
  /** A message to a citizen that lies in the mailbox. */
  mail(where: 'near' | 'far'): Promise<string>;
  /** The size of a signed tree, larger than any tree elsewhere. */
  signedSize(): Promise<string>;
}

export type Citizen = Readonly<Record<'code' | 'reference', string>>;

/** More than a municipality gets while everybody tries everything. */
const leavesAhead = 5000;

const allDay = [1, 2, 3, 4, 5, 6, 7].map((weekday) => ({ weekday, opens: '00:00', closes: '24:00' }));

/**
 * @param word stands in every name of this municipality, and in none of another's
 * @param digit begins every telephone number of its citizens
 */
export async function makePlace(running: TestApp, word: string, digit: number): Promise<Place> {
  const { superuser } = running.test;
  const now = new Date('2026-11-24T08:00:00Z');
  const id = await foundMunicipality(running, `${word} Kommune`);
  const initial = word.toUpperCase();
  const chief = await addPerson(running, id, {
    roles: ['administrator', 'coordinator', 'data-protection-officer'],
    initials: `${initial}CHIEF`,
    name: `Chef ${word}mand`,
  });
  let counter = 0;
  let signing: Promise<string> | null = null;
  const next = () => {
    counter += 1;
    return counter;
  };
  const have = async (operation: string, sending: Sending = {}): Promise<Record<string, unknown>> => {
    const route = allRoutes.find((candidate) => candidate.id === operation);
    if (route === undefined) throw new Error(`there is no ${operation}`);
    const answer = await ask(running, route, sending, chief.token);
    if (answer.status !== route.status)
      throw new Error(`${operation} answered ${answer.status}: ${answer.text}`);
    return JSON.parse(answer.text) as Record<string, unknown>;
  };
  const made = async (operation: string, sending: Sending): Promise<string> =>
    String((await have(operation, sending)).id);

  const teamName = `Team ${word}vest`;
  const farTeamName = `Team ${word}fjern`;
  const teamId = await made('identity.createTeam', { body: { name: teamName } });
  await have('identity.createTeam', { body: { name: farTeamName } });
  const people = new Map<Role, Person>();
  for (const [n, role] of roles.entries()) {
    people.set(
      role,
      await addPerson(running, id, {
        roles: [role],
        initials: `${initial}${n}`,
        name: `Navn ${word}sen ${n}`,
        teamId,
      }),
    );
  }
  const siteName = `${word}huset`;
  const room = () =>
    made('rooms.registerRoom', {
      body: { site: siteName, name: `Boks ${word} ${next()}`, openingHours: allDay },
    });
  const roomId = await room();
  const identities: string[] = [];
  const citizen = async (where: 'near' | 'far' = 'near'): Promise<Citizen> => {
    const n = next();
    const [reference, name, email] = [
      `${word}-${n}`,
      `Borger ${word}holm ${n}`,
      `b${n}@${word.toLowerCase()}.example.dk`,
    ];
    const phone = `${digit}${String(1_000_000 + n)}`;
    identities.push(reference, name, email, `+45${phone}`);
    const body = {
      identity: { reference, name, phone, email, address: `${word}vej ${n}` },
      team: where === 'near' ? teamName : farTeamName,
      legalBasis: 'SEL § 85',
      granted: { minutes: 60, per: 'week' },
    };
    return { code: String((await have('citizens.register', { body })).code), reference };
  };
  const insertMessage = async (where: 'near' | 'far', state: 'failed' | 'sent'): Promise<string> => {
    const message = randomUUID();
    const { code } = where === 'near' ? place.nearCitizen : place.farCitizen;
    await superuser.query(
      `INSERT INTO message (municipality_id, id, kind, citizen_id, channel, state, facts, send_at, attempts, once_per, created_at)
       SELECT $1, $2::uuid, 'invitation', c.id, 'mailbox', $4, '{}', $5, 1, $2, $5 FROM citizen c WHERE c.municipality_id = $1 AND c.code = $3`,
      [id, message, code, state, now],
    );
    return message;
  };
  const startMs = Date.UTC(2026, 10, 25);
  const place: Place = {
    id,
    word,
    chief,
    people,
    otherOperator: await addPerson(running, id, { roles: ['operator'], initials: `${initial}OPERATOR` }),
    team: { id: teamId, name: teamName },
    siteName,
    roomId,
    nearCitizen: await citizen('near'),
    farCitizen: await citizen('far'),
    identities,
    next,
    have,
    citizen,
    room,
    nextTime: () => {
      const from = startMs + next() * 3_600_000;
      return { startsAt: new Date(from).toISOString(), endsAt: new Date(from + 1_800_000).toISOString() };
    },
    booking: async (worker, at = place.nextTime()) =>
      made('rooms.book', { body: { roomId: await room(), worker: worker.initials, ...at } }),
    visit: async (worker, where, state) => {
      const [visit, n] = [randomUUID(), next()];
      const { code } = where === 'near' ? place.nearCitizen : place.farCitizen;
      // A moment each, so that none stands in the way of another within the hour.
      const startsAt = new Date(now.getTime() + 60_000 + n * 200);
      await superuser.query(
        `INSERT INTO visit (municipality_id, id, citizen_id, worker_id, channel, origin, state, happens_at, planned_starts_at, planned_ends_at,
           proposed_by, purposes, topics, owns_booking, overruled, revision, created_at, updated_at)
         SELECT $1, $2, c.id, $3, 'phone', 'planned', $5, $6, $6, $7, $8, '{}', '{}', false, '{}', 1, $9, $9 FROM citizen c WHERE c.municipality_id = $1 AND c.code = $4`,
        [
          id,
          visit,
          worker.staffId,
          code,
          state,
          startsAt,
          new Date(startsAt.getTime() + 100),
          state === 'proposed' ? 'worker' : null,
          now,
        ],
      );
      // One that goes on has just begun, so that a colleague's to the same citizen is never the same talk.
      const began = state === 'open' ? now : new Date(now.getTime() - 600_000);
      if (state !== 'proposed' && state !== 'planned')
        await superuser.query(`INSERT INTO visit_part VALUES ($1, $2, 0, 'phone', $3, $4, $5)`, [
          id,
          visit,
          began,
          state === 'open' ? null : now,
          state === 'open' ? null : 10,
        ]);
      return visit;
    },
    call: async (worker, where) => {
      const visit = await place.visit(worker, where, 'planned');
      const [callId, seat] = [randomUUID(), randomUUID()];
      await superuser.query(`UPDATE visit SET channel = 'video' WHERE id = $1`, [visit]);
      await superuser.query(
        `INSERT INTO call (municipality_id, id, visit_id, room_name, state, opens_at, closes_at, version, created_at, updated_at)
         VALUES ($1, $2::uuid, $3, $2, 'prepared', $4, $5, 1, $4, $4)`,
        [id, callId, visit, now, new Date(now.getTime() + 86_400_000)],
      );
      await superuser.query(
        `INSERT INTO call_seat (municipality_id, id, call_id, kind, staff_id, state, since, waiting_since, by_phone, tests, epoch, language)
         VALUES ($1, $2, $3, 'citizen', NULL, 'waiting', $5, $5, false, '[]', 0, 'da'),
           ($1, $4, $3, 'worker', $6, 'invited', $5, NULL, false, '[]', 0, 'da')`,
        [id, seat, callId, randomUUID(), now, worker.staffId],
      );
      return { visit, seat };
    },
    talk: async (worker, where) => {
      const talk = randomUUID();
      const { code } = await place.citizen(where);
      await superuser.query(
        `INSERT INTO talk_request (municipality_id, id, citizen_id, worker_id, state, wished_at, asked_at)
         SELECT $1, $2, c.id, $3, 'asked', $5, $5 FROM citizen c WHERE c.municipality_id = $1 AND c.code = $4`,
        [id, talk, worker.staffId, code, now],
      );
      return talk;
    },
    linkToken: async () => {
      const [{ seat }, link] = [await place.call(place.chief, 'near'), randomUUID()];
      await superuser.query(
        `INSERT INTO call_link (municipality_id, id, seat_id, single_use, expires_at, device_hash, device_seen_at, wrong_pins, created_at)
         VALUES ($1, $2, $3, false, $4, $5, $6, 0, $6)`,
        [
          id,
          link,
          seat,
          new Date(now.getTime() + 86_400_000),
          createHash('sha256').update(caseDevice).digest(),
          now,
        ],
      );
      const { worker } = running.test.database;
      const keyFile = path.join(running.folder, 'master.json');
      const vault = await openVault({ worker, keyFile, clock: { now: () => now } });
      const links = createLinks({
        keys: vault.derivedKeys(linkKeyPurpose),
        origin: () => 'http://127.0.0.1',
      });
      return new URL(links.urlOf(link)).hash.slice(1);
    },
    token: async (owner) => {
      const token = randomUUID();
      await superuser.query(
        `INSERT INTO access_token (municipality_id, id, staff_id, name, secret_hash, scopes, expires_at, created_at) VALUES ($1, $2, $3, 'x', $4, '{}', '2027-11-24', $5)`,
        [id, token, owner.staffId, Buffer.from(token), now],
      );
      return token;
    },
    importRun: async (owner) => {
      const run = randomUUID();
      await superuser.query(
        `INSERT INTO import_run VALUES ($1, $2, $3, 'staff', 'done', false, 1, 1, 0, 0, 0, '[]', '{}', $4, $4, $4)`,
        [id, run, owner.staffId, now],
      );
      return run;
    },
    signedSize: () => {
      signing ??= (async () => {
        const leaves = Array.from({ length: leavesAhead }, () => {
          const at = now.toISOString();
          const entry = { type: 'team.created', team: randomUUID() } as const;
          return encodeLeaf({ v: 1, actor: 'system', occurredAt: at, recordedAt: at, entry });
        });
        await superuser.query(
          'INSERT INTO ledger_leaf (municipality_id, entry, leaf_hash) SELECT $1, entry, hash FROM unnest($2::bytea[], $3::bytea[]) AS leaf (entry, hash)',
          [id, leaves, leaves.map(hashLeaf)],
        );
        for (;;) {
          const { checkpoint } = api.ledger.head.reply.parse(await have('ledger.head'));
          if (checkpoint !== null && Number(checkpoint.size) >= leavesAhead) return checkpoint.size;
          await delay(50);
        }
      })();
      return signing;
    },
    deadMessage: async () => {
      const message = randomUUID();
      await superuser.query(
        `INSERT INTO outbox_message (municipality_id, id, kind, payload, idempotency_key, state, attempts, next_attempt_at, created_at) VALUES ($1, $2::uuid, 'webhook', '{}', $2, 'dead', 9, $3, $3)`,
        [id, message, now],
      );
      return message;
    },
    failedMessage: (where) => insertMessage(where, 'failed'),
    mail: async (where) => {
      const message = await insertMessage(where, 'sent');
      const { code } = where === 'near' ? place.nearCitizen : place.farCitizen;
      const { rows } = await superuser.query<{ id: string }>(
        'SELECT id FROM citizen WHERE municipality_id = $1 AND code = $2',
        [id, code],
      );
      const { database } = running.test;
      const keyFile = path.join(running.folder, 'master.json');
      const vault = await openVault({ worker: database.worker, keyFile, clock: { now: () => now } });
      const item = { channel: 'sms', to: '+4520000000', subject: null, text: 'Aftale', calendar: null };
      const sealed = await database.read(id, (tx) =>
        createIdentities(vault).sealForCall(
          tx,
          { municipalityId: id, citizenId: rows[0]?.id ?? '', what: 'mailbox', id: message },
          JSON.stringify(item),
        ),
      );
      await superuser.query('INSERT INTO mailbox_item VALUES ($1, $2, $3, $4)', [id, message, sealed, now]);
      return message;
    },
  };
  // Planned for at any hour, so that no two ever meet.
  await have('visits.changeRules', {
    body: { workingHours: { day: allDay, evening: allDay, night: allDay } },
  });
  // Something of what only grows, too.
  await have('citizens.takeStep', {
    params: place.nearCitizen,
    body: { to: 'offered', reason: 'first-talk' },
  });
  await have('citizens.assess', {
    params: place.nearCitizen,
    body: { outcome: 'suited', withCitizen: true },
  });
  await have('citizens.readIdentity', { params: place.nearCitizen, body: { reason: 'contact' } });
  return place;
}
