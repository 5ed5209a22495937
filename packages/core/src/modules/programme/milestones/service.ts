import type { Language, Milestone } from '../../../contract/index.ts';
import type { PlannedMilestone, ProgrammeRow } from '../plan/index.ts';
import { type Reality, readNeeds } from './reality.ts';
import { judgeMilestone } from './rules.ts';

/** How it goes with each milestone of a programme on the day asked about, by due day. */
export async function judgeMilestones(
  programme: Pick<ProgrammeRow, 'kind' | 'startsOn' | 'endsOn' | 'isHistory'>,
  reality: Reality,
  language: Language,
): Promise<Milestone[]> {
  const judged: Milestone[] = [];
  for (const plan of reality.planned) {
    const published = programme.isHistory ? await publishedFor(plan, reality) : undefined;
    judged.push(
      judgeMilestone(plan, {
        at: reality.at,
        startsOn: programme.startsOn,
        needs: await readNeeds(reality, plan.needs),
        curve: reality.curve,
        language,
        byMonths: reality.byMonths,
        isShared: programme.kind === 'member',
        isOver: programme.isHistory && programme.endsOn !== null && reality.at >= programme.endsOn,
        ...(published === undefined ? {} : { published }),
      }),
    );
  }
  return judged;
}

/** Only how many *had received* was published of the nine municipalities (data/milestones.json). */
async function publishedFor(
  { needs }: PlannedMilestone,
  reality: Reality,
): Promise<{ on: string } | null | undefined> {
  const regular = needs.find((need) => need.kind === 'measure' && need.measure === 'receives-regularly');
  return regular?.kind === 'measure' ? reality.firstReached('has-received', regular.atLeast) : undefined;
}
