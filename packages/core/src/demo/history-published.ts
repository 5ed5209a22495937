import type { MilestoneNeed } from '../contract/index.ts';

/**
 * What is published of "Projekt online bostøtte", nine North Jutland municipalities, 2015-2016 (plan and result). Copied from
 * shared/data/milestones.json, whose source line this is. The monthly curve, the members' curves, and when 178 received
 * regularly are not published: history.ts constructs them so that they agree with this.
 */
export const publishedCourse = {
  from: '2015-01',
  to: '2016-06',
  targetGroup: 1780,
  members: { count: 9, smallest: { citizens: 4, workers: 2 }, largest: { citizens: 42, workers: 24 } },
  /** How many members' IT was ready at the start, and in which month each of the others' was. */
  itReady: { atStart: 4, afterwards: ['2015-05', '2015-09', '2015-10', '2015-12', '2016-05'] },
  hasReceived: { on: '2016-06-30', citizens: 190 },
  /** 178 had received, a tenth of the target group: four to five months after it was due. */
  tenPercent: { citizens: 178, due: '2015-10-31', after: '2016-02-29', by: '2016-03-31' },
  /** Workers in the final measurement, and those of them with at least one online citizen. */
  workers: { employed: 116, active: 40 },
} as const;

const measure = (of: 'has-received' | 'receives-regularly', atLeast: number): MilestoneNeed => ({
  kind: 'measure',
  measure: of,
  atLeast,
});
const activity = (what: string): MilestoneNeed => ({ kind: 'activity', what });

export const publishedMilestones: readonly {
  readonly code: string;
  readonly due: string;
  readonly da: string;
  readonly en: string;
  readonly needs: readonly MilestoneNeed[];
}[] = [
  {
    code: 'M0',
    due: '2015-01-31',
    da: 'Lokal organisering og kickoff',
    en: 'Local organisation and kick-off',
    needs: [activity('kickoff')],
  },
  {
    code: 'M1',
    due: '2015-04-30',
    da: 'Udstyr på plads, medarbejdere og borgere uddannet',
    en: 'Equipment in place, workers and citizens trained',
    needs: [activity('equipment-installed'), activity('training')],
  },
  {
    code: 'M2',
    due: '2015-07-31',
    da: 'Mindst 50 borgere, første erfaringer delt',
    en: 'At least 50 citizens, first experience shared',
    needs: [measure('has-received', 50), activity('experience-shared')],
  },
  {
    code: 'M3',
    due: '2015-10-31',
    da: 'Mindst 178 borgere (10 %) jævnligt',
    en: 'At least 178 citizens (10 %) regularly',
    needs: [measure('receives-regularly', 178)],
  },
  {
    code: 'M4',
    due: '2016-01-31',
    da: 'Midtvejsseminar',
    en: 'Mid-term seminar',
    needs: [activity('seminar')],
  },
  {
    code: 'M5',
    due: '2016-06-30',
    da: 'Over 10 % jævnligt, forankret i driften',
    en: 'Over 10 % regularly, anchored in operation',
    needs: [measure('receives-regularly', 179), activity('anchored')],
  },
];
