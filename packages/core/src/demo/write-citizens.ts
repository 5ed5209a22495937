import type { Identities } from '../modules/citizens/index.ts';
import type { Tx } from '../storage/index.ts';
import { textOf } from './calendar.ts';
import { insert } from './insert.ts';
import { stepTime } from './leaves.ts';
import type { DemoMunicipality } from './municipality.ts';

/** Citizens with who they are, what they are granted, and their course. */
export async function writeCitizens(
  tx: Tx,
  municipalityId: string,
  demo: DemoMunicipality,
  identities: Pick<Identities, 'insert'>,
): Promise<void> {
  const { agendas, courses, calendar } = demo;
  const withCourse = agendas.flatMap((agenda) => {
    const course = courses.get(agenda.citizen.id);
    return course === undefined ? [] : [{ ...agenda, course }];
  });
  await insert(
    tx,
    'citizen',
    withCourse.map(({ citizen, supportFrom, course }) => ({
      id: citizen.id,
      code: citizen.code,
      status: course.status,
      team_id: citizen.worker.team.id,
      worker_id: citizen.worker.id,
      substitute_id: citizen.substituteId,
      legal_basis_code: citizen.legalBasis,
      granted_minutes: citizen.grant.minutes,
      granted_per: citizen.grant.per,
      support_from: textOf(supportFrom),
      equipment: citizen.equipment,
      connection: citizen.connection,
      it_skills: citizen.itSkills,
      acquaintance: citizen.acquaintance,
      met_on: citizen.acquaintance === 'met' ? textOf(Math.min(supportFrom + 4, calendar.today)) : null,
      substitute_by_video: citizen.substituteByVideo,
      created_at: stepTime(demo, course.registeredOn, 0),
      updated_at: stepTime(demo, course.steps.at(-1)?.on ?? course.registeredOn, course.steps.length),
      erased_at: null,
    })),
  );
  await identities.insert(
    tx,
    municipalityId,
    agendas.map(({ citizen }) => ({
      citizenId: citizen.id,
      identity: citizen.identity,
      subject: citizen.subject,
    })),
  );
  await insert(
    tx,
    'citizen_grant',
    agendas.flatMap(({ citizen, supportFrom }) => {
      const { grant, earlierGrant } = citizen;
      const row = (on: number, { minutes, per }: typeof grant) => ({
        citizen_id: citizen.id,
        from_on: textOf(on),
        minutes,
        per,
      });
      return earlierGrant === null
        ? [row(supportFrom, grant)]
        : [row(supportFrom, earlierGrant.grant), row(earlierGrant.until + 1, grant)];
    }),
  );
  await insert(
    tx,
    'citizen_step',
    withCourse.flatMap(({ citizen, course }) =>
      course.steps.map((step, nth) => ({
        id: step.id,
        citizen_id: citizen.id,
        from_status: step.from,
        to_status: step.to,
        reason: step.reason,
        taken_on: textOf(step.on),
        staff_id: citizen.worker.id,
        recorded_at: stepTime(demo, step.on, nth),
      })),
    ),
  );
  await insert(
    tx,
    'suitability_assessment',
    withCourse.flatMap(({ citizen, course }) =>
      course.assessments.map((assessment) => ({
        id: assessment.id,
        citizen_id: citizen.id,
        outcome: assessment.outcome,
        reasons: assessment.reasons,
        with_citizen: true,
        assessed_on: textOf(assessment.on),
        staff_id: citizen.worker.id,
        recorded_at: stepTime(demo, assessment.on, 0),
      })),
    ),
  );
}
