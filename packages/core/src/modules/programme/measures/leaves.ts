import { z } from 'zod';
import { channels } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import { type Ending, endings, type LedgerFact, type VisitChange } from './facts.ts';

// Entries as far as measures and milestones ask for them; ledger/format/entries.ts has the whole of them. Keys that are not named
// are left unread, so that entries may come to tell more.

const random = z.guid().toLowerCase();
const day = z.iso.date();
const instant = z.iso.datetime();
const word = z.string().min(1).max(60);
const whole = z.int().min(0);

const entryShapes = {
  'visit.changed': z.object({
    visit: random,
    subject: random,
    worker: random,
    team: random.nullable(),
    channel: z.enum(channels),
    state: word,
    at: instant,
    minutes: z.object({ video: whole, physical: whole, phone: whole }),
  }),
  'citizen.registered': z.object({ subject: random, team: random.nullable() }),
  'citizen.step': z.object({ subject: random, team: random.nullable(), to: word, on: day }),
  'citizen.assessed': z.object({ subject: random, team: random.nullable(), outcome: word, on: day }),
  'staff.registered': z.object({ staff: random, roles: z.array(word) }),
  'staff.changed': z.object({ staff: random, roles: z.array(word) }),
  'staff.ended': z.object({ staff: random }),
  'staff.prepared': z.object({ staff: random, preparation: word, on: day }),
  'programme.changed': z.object({
    programme: random,
    kind: word,
    targetGroup: whole,
    startsOn: day,
    trialOn: day.nullable(),
    endsOn: day.nullable(),
  }),
  'milestone.set': z.object({
    programme: random,
    milestone: word,
    due: day,
    needs: z.array(z.record(z.string(), z.unknown())),
    removed: z.boolean(),
  }),
  'activity.changed': z.object({
    programme: random,
    activity: word,
    status: word,
    on: day,
    cases: whole,
    evidence: whole,
  }),
  'decision.made': z.object({ programme: random, decision: word, choice: word, on: day }),
  'worker-target.set': z.object({ programme: random, citizens: whole, due: day }),
  'follow-up.held': z.object({ programme: random, followUp: word, on: day }),
  'degree.estimated': z.object({ programme: random, percent: whole, on: day }),
  'month.published': z.object({ programme: random, month: word, size: z.string(), hash: z.string() }),
  'contribution.made': z.object({ programme: random, month: word, size: z.string(), hash: z.string() }),
  'member.changed': z.object({ programme: random, member: random, state: word }),
  'contribution.received': z.object({
    programme: random,
    member: random,
    contribution: random,
    month: word,
    hash: z.string(),
  }),
};
type EntryType = keyof typeof entryShapes;
type Told<Type extends EntryType> = z.output<(typeof entryShapes)[Type]>;

const envelope = z.object({
  v: z.literal(1),
  occurredAt: instant,
  entry: z.looseObject({ type: z.string() }),
});

/** What an entry says; what it does not say stays null, and the day is the one it happened on. */
type Said = Partial<Omit<LedgerFact, 'index' | 'type'>>;

const supportWorker = (roles: readonly string[]) => ({
  code: roles.includes('support-worker') ? 'support-worker' : null,
});

const readers: { readonly [Type in Exclude<EntryType, 'visit.changed'>]: (told: Told<Type>) => Said } = {
  'citizen.registered': (told) => told,
  'citizen.step': ({ to, ...told }) => ({ ...told, code: to }),
  'citizen.assessed': ({ outcome, ...told }) => ({ ...told, code: outcome }),
  'staff.registered': ({ staff, roles }) => ({ staff, ...supportWorker(roles) }),
  'staff.changed': ({ staff, roles }) => ({ staff, ...supportWorker(roles) }),
  'staff.ended': (told) => told,
  'staff.prepared': ({ preparation, ...told }) => ({ ...told, code: preparation }),
  'programme.changed': ({ programme, kind, ...data }) => ({ programme, code: kind, data }),
  'milestone.set': ({ programme, milestone, ...data }) => ({ programme, code: milestone, data }),
  'activity.changed': ({ programme, activity, on, ...data }) => ({ programme, code: activity, on, data }),
  'decision.made': ({ programme, decision, on, ...data }) => ({ programme, code: decision, on, data }),
  'worker-target.set': ({ programme, ...data }) => ({ programme, data }),
  'follow-up.held': ({ programme, followUp, on }) => ({ programme, code: followUp, on }),
  'degree.estimated': ({ programme, on, ...data }) => ({ programme, on, data }),
  'month.published': ({ programme, month, ...data }) => ({ programme, code: month, data }),
  'contribution.made': ({ programme, month, ...data }) => ({ programme, code: month, data }),
  'member.changed': ({ programme, member, ...data }) => ({ programme, code: member, data }),
  'contribution.received': ({ programme, member, ...data }) => ({ programme, code: member, data }),
};

const isKnown = (type: string): type is EntryType => Object.hasOwn(entryShapes, type);
const isEnding = (state: string): state is Ending => (endings as readonly string[]).includes(state);

/** The Danish day of an instant in UTC. Within an hour of UTC it stays the same, and history comes hour by hour. */
function createDayOf(): (instant: string) => string {
  const known = new Map<string, string>();
  return (instant) => {
    const hour = instant.slice(0, 13);
    const found = known.get(hour);
    if (found !== undefined) return found;
    const day = localDay(new Date(`${hour}:00:00Z`));
    known.set(hour, day);
    return day;
  };
}

/** What leaves say, in their order. */
export interface SaidByLeaves {
  readonly visits: readonly VisitChange[];
  readonly others: readonly LedgerFact[];
}

/**
 * Reads leaves from their exact bytes. Entries of types that are not known here say nothing, so that the log may come to tell
 * more; of those that are known, each must be whole.
 *
 * @throws DomainError ledger_unsound with the index of a leaf that cannot be read
 */
export function readLeaves(
  leaves: readonly { readonly index: bigint; readonly entry: Uint8Array }[],
): SaidByLeaves {
  const dayOf = createDayOf();
  const visits: VisitChange[] = [];
  const others: LedgerFact[] = [];
  for (const { index, entry: bytes } of leaves) {
    try {
      const { entry, occurredAt } = envelope.parse(JSON.parse(utf8.decode(bytes)));
      const { type } = entry;
      if (!isKnown(type)) continue;
      if (type === 'visit.changed') {
        const { visit, state, at, ...told } = entryShapes[type].parse(entry);
        visits.push({ index, visit, ended: isEnding(state) ? { ...told, state, on: dayOf(at) } : null });
      } else {
        others.push({ ...nothing, index, type, on: dayOf(occurredAt), ...sayWith(type, entry) });
      }
    } catch (error) {
      throw new DomainError('ledger_unsound', { index: String(index) }, { cause: error });
    }
  }
  return { visits, others };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const nothing = { subject: null, staff: null, team: null, programme: null, code: null, data: {} };

function sayWith<Type extends keyof typeof readers>(type: Type, entry: unknown): Said {
  return readers[type](entryShapes[type].parse(entry) as Told<Type>);
}
