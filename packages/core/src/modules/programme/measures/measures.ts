import type { Figures } from '../../../contract/index.ts';
import { figurePaths } from '../../../contract/measure-words.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { DomainError } from '../../../kernel/errors.ts';
import { addDays, localDay } from '../../../kernel/time-zone.ts';
import type { ReadTx } from '../../../storage/index.ts';
import { citationOf, readHead } from './citation.ts';
import { dayOfNumber, numberOfDay, type Period, periodsOf } from './days.ts';
import { readProgrammeFacts } from './plan-facts.ts';
import type { FiguresOf, Measures, Question } from './question.ts';
import { completingEntry, firstDayOf, type Known } from './reached.ts';
import { type Courses, curveOf, figuresOf, type Material } from './rules.ts';
import {
  readCitizenCourses,
  readEndings,
  readMinutes,
  readStaff,
  readSteps,
  readTeams,
  readVisitsOfDay,
  readWorkerDays,
} from './store.ts';

export function createMeasures({ clock }: { readonly clock: Clock }): Measures {
  const readMaterial = async (
    tx: ReadTx,
    question: Question,
    periods: readonly Period[],
    byTeam: boolean,
  ): Promise<Material> => ({
    courses: await coursesIn(tx, question),
    minutes: await readMinutes(tx, question, periods),
    endings: await readEndings(tx, question, periods, byTeam),
    steps: await readSteps(tx, question),
    staff: await readStaff(tx, question),
    workerDays: await readWorkerDays(tx, question, periods[0]?.from ?? numberOfDay(question.at)),
  });

  const series: Measures['series'] = async (tx, question, { targetGroup, team, periods }) => {
    const material = await readMaterial(tx, question, periods, team !== undefined);
    if (team === undefined) return figuresOf(material, periods, targetGroup);
    return figuresOf(ofTeam(material, await readTeams(tx, question), team), periods, null);
  };

  const figures = async (tx: ReadTx, question: Question, { from, ...of }: FiguresOf): Promise<Figures> => {
    const [found] = await series(tx, question, { ...of, periods: [wholePeriod(question, from)] });
    if (found === undefined) throw new Error('one period has one answer');
    return found;
  };

  return {
    head: readHead,
    resolve: async (tx, { at, checkpoint }) => {
      const today = localDay(clock.now());
      if (at !== undefined && at > today) throw new DomainError('day_not_over', { day: at });
      const known = await readHead(tx);
      const size = checkpoint === undefined ? known : BigInt(checkpoint);
      if (size > known)
        throw new DomainError('tree_size_unknown', { size: String(size), head: String(known) });
      if (known === 0n) return null;
      const question = { size, at: at ?? addDays(today, -1) };
      return { question, citation: await citationOf(tx, size) };
    },
    cite: citationOf,
    figures,
    series,
    figuresByTeam: async (tx, question, { from }) => {
      const periods = [wholePeriod(question, from)];
      const material = await readMaterial(tx, question, periods, true);
      const teams = await readTeams(tx, question);
      const named = new Set([...teams.ofCitizens.values(), ...teams.ofWorkers.values()]);
      for (const { staff } of material.staff) if (!teams.ofWorkers.has(staff)) named.add(null);
      return new Map(
        [...named].flatMap((team) =>
          figuresOf(ofTeam(material, teams, team), periods, null).map((found) => [team, found] as const),
        ),
      );
    },
    curve: async (tx, question, { from, by, team }) => {
      const courses = await coursesIn(tx, question);
      const periods = periodsOf({ from, at: question.at }, by);
      if (team === undefined) return curveOf(courses, periods);
      const { ofCitizens } = await readTeams(tx, question);
      return curveOf(
        only(courses, (subject) => ofCitizens.get(subject) === team),
        periods,
      );
    },
    firstReached: async (tx, question, { measure, atLeast }) => {
      const ofCitizens = measure === 'has-received' || measure === 'receives-regularly';
      const none: Courses = new Map();
      const known: Known = {
        courses: ofCitizens ? await coursesIn(tx, question) : none,
        workerDays: measure === 'active-workers' ? await readWorkerDays(tx, question, 0) : none,
        staff: ofCitizens ? [] : await readStaff(tx, question),
      };
      const day = firstDayOf(known, measure, atLeast);
      if (day === null) return null;
      const on = dayOfNumber(day);
      const visits = await readVisitsOfDay(tx, question, on);
      const index = completingEntry(known, { measure, atLeast, day }, visits);
      if (index === null) throw new Error('whoever is counted anew is counted by an entry of that day');
      return { on, index };
    },
    programmeFacts: readProgrammeFacts,
    differences: async (tx, question, newer, of) => {
      if (newer <= question.size) return [];
      const before = await figures(tx, question, of);
      const now = await figures(tx, { ...question, size: newer }, of);
      return figurePaths.flatMap((measure) => {
        const [then, today] = [valueAt(before, measure), valueAt(now, measure)];
        return then === today ? [] : [{ measure, before: then, now: today }];
      });
    },
  };
}

/** Several questions of one transaction ask for the same courses: figures, a curve and each milestone. */
const coursesOf = new WeakMap<object, Map<string, Promise<Courses>>>();
function coursesIn(tx: ReadTx, question: Question): Promise<Courses> {
  const known = coursesOf.get(tx) ?? new Map<string, Promise<Courses>>();
  coursesOf.set(tx, known);
  const key = `${question.size} ${question.at}`;
  const found = known.get(key) ?? readCitizenCourses(tx, question);
  known.set(key, found);
  return found;
}

const wholePeriod = ({ at }: Question, from: string): Period => ({
  from: numberOfDay(from),
  to: numberOfDay(at),
});

const only = (courses: Courses, mine: (who: string) => boolean): Courses =>
  new Map([...courses].filter(([who]) => mine(who)));

/** A team's citizens with all their visits, and the workers whose latest visit was with one of the team's citizens. */
function ofTeam(
  material: Material,
  { ofCitizens, ofWorkers }: Awaited<ReturnType<typeof readTeams>>,
  team: string | null,
): Material {
  const isMine = (subject: string): boolean => (ofCitizens.get(subject) ?? null) === team;
  const worksHere = (worker: string): boolean => (ofWorkers.get(worker) ?? null) === team;
  return {
    courses: only(material.courses, isMine),
    minutes: material.minutes.filter(({ subject }) => isMine(subject)),
    endings: material.endings.filter(({ subject }) => subject !== null && isMine(subject)),
    steps: material.steps.filter(({ subject }) => isMine(subject)),
    staff: material.staff.filter(({ staff }) => worksHere(staff)),
    workerDays: only(material.workerDays, worksHere),
  };
}

/** The number at a path of the figures. */
function valueAt(figures: Figures, path: string): number | null {
  let found: unknown = figures;
  for (const key of path.split('.'))
    found = typeof found === 'object' && found !== null ? Reflect.get(found, key) : undefined;
  return typeof found === 'number' ? found : null;
}
