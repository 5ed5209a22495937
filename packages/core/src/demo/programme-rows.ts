import type { LedgerEntry } from '../ledger/index.ts';
import type { Tx } from '../storage/index.ts';
import { type Day, textOf } from './calendar.ts';
import type { DemoLeaf } from './demo-leaf.ts';
import { insert } from './insert.ts';
import type { DemoMunicipality } from './municipality.ts';

type Planned = Pick<DemoMunicipality, 'programme' | 'calendar'>;

/** A programme is planned for some weeks before its milestones are set. */
const milestonesAfter = 61;

const moment = ({ calendar }: Planned, day: Day): Date => calendar.at(day, 13 * 60);

/** Writes the programme's rows as the services would. */
export async function writeProgramme(tx: Tx, demo: Planned): Promise<void> {
  const { programme } = demo;
  const created_at = moment(demo, programme.startsOn);
  const of = { programme_id: programme.id };
  await insert(tx, 'programme', [
    {
      id: programme.id,
      name: programme.name,
      kind: 'own',
      target_group: programme.targetGroup,
      starts_on: textOf(programme.startsOn),
      trial_on: textOf(programme.trialOn),
      ends_on: null,
      rhythm: programme.rhythm,
      invitation: null,
      is_history: false,
      created_at,
      updated_at: created_at,
    },
  ]);
  await insert(
    tx,
    'milestone',
    programme.milestones.map(({ code, due, da, en, needs }) => ({
      ...of,
      code,
      due_on: textOf(due),
      title_da: da,
      title_en: en,
      needs,
      updated_at: moment(demo, programme.startsOn + milestonesAfter),
    })),
  );
  await insert(
    tx,
    'programme_activity',
    programme.activities.map((one) => ({
      ...of,
      code: one.code,
      status: one.status,
      responsible: one.responsible,
      starts_on: textOf(one.startsOn),
      due_on: dayText(one.dueOn),
      done_on: dayText(one.doneOn),
      cases: one.cases,
      evidence: one.evidence,
      updated_at: moment(demo, one.doneOn ?? one.startsOn),
    })),
  );
  const recorded = ({
    id,
    by,
    on,
  }: {
    readonly id: string;
    readonly by: { readonly id: string };
    readonly on: Day;
  }) => ({
    id,
    ...of,
    staff_id: by.id,
    recorded_at: moment(demo, on),
  });
  await insert(
    tx,
    'programme_decision',
    programme.decisions.map((one) => ({
      ...recorded(one),
      kind: one.kind,
      choice: one.choice,
      decided_on: textOf(one.on),
      reference: one.reference,
    })),
  );
  await insert(
    tx,
    'worker_target',
    programme.targets.map(({ due, citizens, setOn }) => ({
      ...of,
      due_on: textOf(due),
      citizens,
      updated_at: moment(demo, setOn),
    })),
  );
  await insert(
    tx,
    'follow_up',
    programme.followUps.map((one) => ({
      ...recorded(one),
      kind: one.kind,
      held_on: textOf(one.on),
      reference: null,
    })),
  );
  await insert(
    tx,
    'degree_estimate',
    programme.estimates.map((one) => ({
      ...recorded(one),
      percent: one.percent,
      estimated_on: textOf(one.on),
    })),
  );
  await insert(
    tx,
    'staff_preparation',
    programme.preparations.map(({ id, by, on, staff, kind }) => ({
      id,
      staff_id: staff.id,
      kind,
      held_on: textOf(on),
      recorded_by: by.id,
      recorded_at: moment(demo, on),
    })),
  );
}

const dayText = (day: Day | null): string | null => (day === null ? null : textOf(day));

/** What the ledger tells of the programme, as the services would have told it on each day. */
export function programmeLeaves(demo: Planned): DemoLeaf[] {
  const { programme } = demo;
  const { id, coordinator } = programme;
  const leaf = (day: Day, entry: LedgerEntry, actor = coordinator.id): DemoLeaf => ({
    actor,
    occurredAt: moment(demo, day),
    entry,
  });
  return [
    leaf(programme.startsOn, {
      type: 'programme.changed',
      programme: id,
      kind: 'own',
      targetGroup: programme.targetGroup,
      startsOn: textOf(programme.startsOn),
      trialOn: textOf(programme.trialOn),
      endsOn: null,
    }),
    ...programme.milestones.map(({ code, due, needs }) =>
      leaf(programme.startsOn + milestonesAfter, {
        type: 'milestone.set',
        programme: id,
        milestone: code,
        due: textOf(due),
        needs,
        removed: false,
      }),
    ),
    ...programme.activities.flatMap(({ code, startsOn, doneOn, cases, evidence }) => {
      const told = { type: 'activity.changed', programme: id, activity: code } as const;
      const begun = { ...told, status: 'under-way', on: textOf(startsOn), cases: 0, evidence: 0 } as const;
      if (doneOn === null) return [leaf(startsOn, begun)];
      const done = {
        ...told,
        status: 'done',
        on: textOf(doneOn),
        cases,
        evidence: evidence.length,
      } as const;
      return [leaf(startsOn, begun), leaf(doneOn, done)];
    }),
    ...programme.decisions.map(({ kind, choice, on, by }) =>
      leaf(on, { type: 'decision.made', programme: id, decision: kind, choice, on: textOf(on) }, by.id),
    ),
    ...programme.targets.map(({ due, citizens, setOn }) =>
      leaf(setOn, { type: 'worker-target.set', programme: id, citizens, due: textOf(due) }),
    ),
    ...programme.followUps.map(({ kind, on, by }) =>
      leaf(on, { type: 'follow-up.held', programme: id, followUp: kind, on: textOf(on) }, by.id),
    ),
    ...programme.estimates.map(({ percent, on, by }) =>
      leaf(on, { type: 'degree.estimated', programme: id, percent, on: textOf(on) }, by.id),
    ),
    ...programme.preparations.map(({ staff, kind, on, by }) =>
      leaf(on, { type: 'staff.prepared', staff: staff.id, preparation: kind, on: textOf(on) }, by.id),
    ),
  ];
}
