import { createHash, hash, randomUUID } from 'node:crypto';
import type pg from 'pg';

/** Five years of a municipality as its ledger tells them: two million leaves, each as the service itself would write it. */
export interface LedgerHistory {
  readonly citizens: number;
  readonly workers: number;
  readonly days: number;
}

const dayMs = 86_400_000;
const history: LedgerHistory = { citizens: 500, workers: 50, days: 5 * 364 };
const batch = 5_000;

/** Always the same id for the same thing, so that every run folds the same. */
const idOf = (kind: string, nth: number): string => {
  const hex = createHash('sha256').update(`${kind} ${nth}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

const envelope = (actor: string, at: Date, entry: string): string =>
  `{"actor":"${actor}","entry":${entry},"occurredAt":"${at.toISOString()}","recordedAt":"${at.toISOString()}","v":1}`;

function* leaves(count: number, until: Date): Generator<string> {
  const begin = new Date(until.getTime() - history.days * dayMs);
  const worker = (n: number) => idOf('worker', n % history.workers);
  const team = (n: number) => idOf('team', n % 8);
  let made = 0;
  for (let n = 0; n < history.workers; n += 1, made += 1)
    yield envelope(
      'system',
      begin,
      `{"roles":["support-worker"],"staff":"${worker(n)}","type":"staff.registered"}`,
    );
  const steps = ['candidate', 'offered', 'accepted', 'introduced', 'active'];
  for (let n = 0; n < history.citizens; n += 1) {
    const subject = idOf('subject', n);
    yield envelope(
      worker(n),
      begin,
      `{"grantedMinutes":60,"grantedPer":"week","subject":"${subject}","team":"${team(n)}","type":"citizen.registered"}`,
    );
    made += 1;
    // The first fifth is offered video, a little later for each.
    for (const [nth, to] of n % 5 === 0 ? steps.entries() : []) {
      const on = new Date(begin.getTime() + (n * 2 + nth) * dayMs);
      const from = nth === 0 ? 'null' : `"${steps[nth - 1]}"`;
      yield envelope(
        worker(n),
        on,
        `{"from":${from},"on":"${on.toISOString().slice(0, 10)}","reason":"mapped","subject":"${subject}","team":"${team(n)}","to":"${to}","type":"citizen.step"}`,
      );
      made += 1;
    }
  }
  const perVisit = 5;
  const visits = Math.floor((count - made) / perVisit);
  for (let v = 0; v < visits; v += 1) {
    const n = v % history.citizens;
    const at = new Date(
      begin.getTime() + Math.floor((v / visits) * history.days) * dayMs + (8 + (n % 8)) * 3_600_000,
    );
    const ends = new Date(at.getTime() + 1_800_000);
    const video = n % 5 === 0 && v % 3 === 0;
    const [visit, subject] = [idOf('visit', v), idOf('subject', n)];
    const draw = v % 25;
    const ended = draw === 0 ? 'cancelled' : draw === 1 ? 'futile' : draw === 2 && video ? 'failed' : 'held';
    const minutes = (held: boolean) =>
      `{"phone":0,"physical":${held && !video ? 30 : 0},"travel":0,"video":${held && video ? 30 : 0},"waiting":0}`;
    const entry = (state: string, revision: number) =>
      `{"at":"${at.toISOString()}","channel":"${video ? 'video' : 'physical'}","endedBy":${state === 'cancelled' ? '"citizen"' : 'null'},"endedReason":${state === 'cancelled' ? '"illness"' : state === 'futile' ? '"nobody-home"' : state === 'failed' ? '"dropped"' : 'null'},"minutes":${minutes(state === 'held')},"origin":"planned","overruled":[],"plan":null,"plannedEndsAt":"${ends.toISOString()}","plannedStartsAt":"${at.toISOString()}","purposes":[],"revision":${revision},"state":"${state}","subject":"${subject}","team":"${team(n)}","topics":[],"type":"visit.changed","visit":"${visit}","worker":"${worker(n)}"}`;
    const booking = (state: string) =>
      `{"booking":"${idOf('booking', v)}","endsAt":"${ends.toISOString()}","room":"${idOf('room', n % 12)}","startsAt":"${at.toISOString()}","state":"${state}","type":"booking.changed"}`;
    yield envelope(worker(n), at, entry('planned', 0));
    yield envelope(worker(n), at, booking('booked'));
    yield envelope(worker(n), ends, entry(ended, 1));
    yield envelope(worker(n), ends, booking('ended'));
    yield envelope(
      'system',
      ends,
      `{"revision":1,"type":"visit.handed-off","visit":"${visit}","way":"file"}`,
    );
    made += perVisit;
  }
  for (; made < count; made += 1)
    yield envelope(
      'system',
      until,
      `{"count":1,"reason":"supervision","type":"citizens.identities-exported"}`,
    );
}

/**
 * Writes leaves straight into the log of a municipality that has nothing else to say meanwhile, already in their order: what
 * is left to the service is the tree, its signature and the fold.
 *
 * @param upTo how many of the `count` leaves to have in the end; call again with more to go on
 */
export async function writeLeaves(
  database: pg.Client,
  municipalityId: string,
  {
    count,
    from,
    upTo,
    until,
  }: { readonly count: number; readonly from: number; readonly upTo: number; readonly until: Date },
): Promise<void> {
  let place = 0;
  let rows: { readonly entry: Buffer; readonly hash: Buffer }[] = [];
  const flush = async () => {
    if (rows.length === 0) return;
    await database.query(
      `WITH head AS (
         INSERT INTO sequence_head AS head (municipality_id, ledger_size, event_position) VALUES ($1, $4, 0)
         ON CONFLICT (municipality_id) DO UPDATE SET ledger_size = head.ledger_size + $4 RETURNING ledger_size - $4 AS size
       )
       INSERT INTO ledger_leaf (municipality_id, "index", entry, leaf_hash)
       SELECT $1, head.size + leaf.place - 1, leaf.entry, leaf.hash
       FROM head, unnest($2::bytea[], $3::bytea[]) WITH ORDINALITY AS leaf (entry, hash, place)`,
      [municipalityId, rows.map((row) => row.entry), rows.map((row) => row.hash), rows.length],
    );
    rows = [];
  };
  for (const leaf of leaves(count, until)) {
    if (place >= upTo) break;
    if (place >= from) {
      const entry = Buffer.from(leaf);
      rows.push({ entry, hash: hash('sha256', Buffer.concat([Buffer.of(0), entry]), 'buffer') });
      if (rows.length === batch) await flush();
    }
    place += 1;
  }
  await flush();
  await database.query('ANALYZE ledger_leaf');
}

/** A municipality for it, and who asks. */
export const aName = (): string => `Kommune med log ${randomUUID().slice(0, 8)}`;
