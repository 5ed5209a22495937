import type { Caller, SpeakAgain, TalkSpan } from '../contract/index.ts';
import type { Tx } from '../storage/index.ts';
import { type Calendar, type Day, textOf, weekdayOf } from './calendar.ts';
import type { DemoCitizen } from './citizens.ts';
import type { DemoLeaf } from './demo-leaf.ts';
import { insert, type Row } from './insert.ts';
import type { Random } from './random.ts';
import type { Course } from './steps.ts';
import type { Town, Worker } from './town.ts';

/** What was agreed with a citizen for a call that fails, and on which day. */
export interface DemoRules {
  readonly citizen: DemoCitizen;
  readonly caller: Caller;
  readonly afterMinutes: number;
  readonly speakAgain: SpeakAgain;
  readonly on: Day;
}

/** What is agreed around calls. */
export interface DemoCalls {
  /** Of those who are seen by video. */
  readonly rules: readonly DemoRules[];
  /** Who call by video may be asked for a talk in these hours. */
  readonly talkHours: readonly { readonly worker: Worker; readonly hours: readonly TalkSpan[] }[];
  /** One citizen waits for an answer. */
  readonly talk: {
    readonly id: string;
    readonly citizen: DemoCitizen;
    readonly wishedAt: Date;
    readonly askedAt: Date;
  } | null;
}

/** A number that nobody has. */
const defaults = { helpPhone: '+4570000000' };
const hours: readonly TalkSpan[] = [
  ...[1, 2, 3, 4].map((weekday) => ({ weekday, from: '09:00', until: '15:00' })),
  { weekday: 5, from: '09:00', until: '12:00' },
];
const minutesPerWeek = 4 * 360 + 180;
const again = { 'by-phone-at-once': 55, 'same-day': 25, 'next-appointment': 15, 'as-agreed-by-phone': 5 };

export function agreeOnCalls(
  town: Town,
  {
    citizens,
    courses,
  }: {
    readonly citizens: readonly DemoCitizen[];
    readonly courses: ReadonlyMap<string, Pick<Course, 'registeredOn'>>;
  },
  calendar: Calendar,
  random: Random,
): DemoCalls {
  const latest = calendar.today - 7;
  const knownSince = ({ id }: DemoCitizen): Day => courses.get(id)?.registeredOn ?? calendar.today;
  const seen = citizens.filter(
    (citizen) => citizen.online !== null && citizen.supportUntil === null && knownSince(citizen) <= latest,
  );
  const rules = seen.map(
    (citizen): DemoRules => ({
      citizen,
      caller: random.chance(85) ? 'worker' : 'citizen',
      afterMinutes: random.pick([3, 3, 5]),
      speakAgain: random.weighted(again),
      // Nothing is agreed with anybody before they are registered.
      on: Math.max(workday(latest - random.between(0, 160), -1, calendar), knownSince(citizen)),
    }),
  );
  const [first] = seen;
  return {
    rules,
    talkHours: town.workers.filter(({ inProgramme }) => inProgramme).map((worker) => ({ worker, hours })),
    talk:
      first === undefined
        ? null
        : {
            id: random.uuid(),
            citizen: first,
            wishedAt: calendar.at(workday(calendar.today + 1, 1, calendar), 10 * 60 + 30),
            askedAt: new Date(calendar.asOf.getTime() - 3 * 3_600_000),
          },
  };
}

/** The day itself, or the next working day in a direction. */
function workday(day: Day, step: 1 | -1, calendar: Calendar): Day {
  let found = day;
  while (weekdayOf(found) > 5 || calendar.isOff(found)) found += step;
  return found;
}

const agreedAt = (calendar: Calendar, on: Day): Date => calendar.at(on, 11 * 60);

export async function writeCalls(tx: Tx, calls: DemoCalls, calendar: Calendar, founded: Date): Promise<void> {
  await insert(tx, 'call_defaults', [{ defaults, updated_at: founded }]);
  await insert(
    tx,
    'ground_rules',
    calls.rules.map(
      ({ citizen, caller, afterMinutes, speakAgain, on }): Row => ({
        citizen_id: citizen.id,
        caller,
        after_minutes: afterMinutes,
        speak_again: speakAgain,
        contact: citizen.identity.phone === null ? 'mail' : 'sms',
        language: 'da',
        reviewed_on: textOf(on),
        staff_id: citizen.worker.id,
        updated_at: agreedAt(calendar, on),
      }),
    ),
  );
  await insert(
    tx,
    'talk_hours',
    calls.talkHours.map((one) => ({ staff_id: one.worker.id, hours: one.hours, updated_at: founded })),
  );
  const { talk } = calls;
  if (talk === null) return;
  const { id, citizen, wishedAt, askedAt } = talk;
  await insert(tx, 'talk_request', [
    {
      ...{ id, citizen_id: citizen.id, worker_id: citizen.worker.id, state: 'asked' },
      ...{ wished_at: wishedAt, visit_id: null, asked_at: askedAt, answered_at: null },
    },
  ]);
}

/** A wish for a talk is no leaf: nothing was decided yet. */
export const callLeaves = (calls: DemoCalls, calendar: Calendar, founded: Date): DemoLeaf[] => [
  {
    actor: 'system',
    occurredAt: founded,
    entry: { type: 'call-defaults.changed', fields: Object.keys(defaults) },
  },
  ...calls.talkHours.map(
    ({ worker }): DemoLeaf => ({
      actor: worker.id,
      occurredAt: founded,
      entry: { type: 'talk-hours.changed', staff: worker.id, minutesPerWeek },
    }),
  ),
  ...calls.rules.map(
    ({ citizen, on }): DemoLeaf => ({
      actor: citizen.worker.id,
      occurredAt: agreedAt(calendar, on),
      entry: {
        type: 'ground-rules.changed',
        subject: citizen.subject,
        fields: ['caller', 'afterMinutes', 'speakAgain'],
        reviewedOn: textOf(on),
      },
    }),
  ),
];
