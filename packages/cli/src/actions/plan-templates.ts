import { readFile } from 'node:fs/promises';
import type { Phase, PlanTemplate } from '@naer/core/contract/plans';
import { type createPlan, phases } from '@naer/core/contract/plans';
import type { Channel } from '@naer/core/contract/visits';
import type { z } from 'zod';
import { CliError } from '../errors/cli-error.ts';
import { say } from '../language.ts';
import { wallTime } from './days.ts';
import { failureText } from './files.ts';
import { readOpeningHours } from './opening-hours.ts';
import { type SlotWish, slotOf } from './slots.ts';
import { minutesBetween, readPeriod, readStart } from './times.ts';

export interface TemplateWish {
  readonly kind: Exclude<PlanTemplate['kind'], 'custom'> | undefined;
  readonly file: string | undefined;
  /** The first time of each visit of a week, as somebody wrote it. */
  readonly at: readonly string[];
  readonly minutes: number | undefined;
  readonly channel: Channel | undefined;
  readonly calls: readonly string[];
  readonly callChannel: Channel | undefined;
  readonly steps: string | undefined;
}
interface Context {
  readonly now: Date;
  /** Asks how long a visit is, where nothing says so. */
  readonly minutes: () => Promise<number>;
}
/** As it is sent: what has a default may be left out. */
type Template = z.input<typeof createPlan>['template'];

/** The template that somebody's options come to; the service judges it. */
export async function readTemplate(wish: TemplateWish, context: Context): Promise<Template> {
  const { channel = 'video' } = wish;
  if (wish.file !== undefined) return { kind: 'custom', phases: await readPhases(wish.file) };
  const [first] = wish.at;
  if (wish.kind === undefined || first === undefined)
    throw new CliError('usage', { what: missing(wish), command: 'plans create' });
  const slots = (texts: readonly string[], of: Channel) => readSlots(texts, of, wish.minutes, context);
  switch (wish.kind) {
    case 'weekly':
    case 'fortnightly':
      return { kind: wish.kind, slots: await slots(wish.at, channel) };
    case 'growing': {
      const { clock } = wallTime(readStart(first, context.now).startsAt);
      return { kind: 'growing', channel, time: clock, steps: growingSteps(wish.steps) };
    }
    case 'split': {
      const [visit] = await slots([first], wish.channel ?? 'physical');
      const calls = await slots(wish.calls, wish.callChannel ?? 'video');
      if (visit === undefined || calls.length === 0)
        throw new CliError('usage', { what: missing(wish), command: 'plans create' });
      return { kind: 'split', visit, calls };
    }
    case 'tapering': {
      const [slot] = await slots([first], channel);
      if (slot === undefined) throw new CliError('usage', { what: missing(wish), command: 'plans create' });
      return { kind: 'tapering', slot, steps: taperingSteps(wish.steps) };
    }
  }
}

const missing = ({ kind, at }: TemplateWish): string =>
  kind === undefined
    ? say(
        'Sig, hvad det er for en plan: --weekly, --fortnightly, --growing, --split, --tapering eller --file.',
        'Say what plan it is: --weekly, --fortnightly, --growing, --split, --tapering or --file.',
      )
    : at.length === 0
      ? say('Der mangler en første gang: --at "mandag 10".', 'A first time is missing: --at "monday 10:00".')
      : say(
          'Der mangler et opkald: --call "onsdag 10-10.15".',
          'A call is missing: --call "wednesday 10-10:15".',
        );

/** Slots from first times: the end says how long, else `minutes`, else it is asked for once. */
export async function readSlots(
  texts: readonly string[],
  channel: Channel,
  minutes: number | undefined,
  context: Context,
): Promise<SlotWish[]> {
  let asked = minutes;
  const slots: SlotWish[] = [];
  for (const text of texts) {
    const { startsAt, endsAt } = readStart(text, context.now);
    if (endsAt === null) asked ??= await context.minutes();
    slots.push(slotOf(channel, startsAt, endsAt === null ? (asked ?? 0) : minutesBetween(startsAt, endsAt)));
  }
  return slots;
}

/** The day that the first of the first times lies on; today where none is given. */
export function templateStart(at: readonly string[], now: Date): string {
  const [first] = at.map((text) => readPeriod(text, now).from).sort();
  return wallTime(first ?? now).day;
}

const growingExample = say('2:ma-fr:5, :ti:30', '2:mon-fri:5, :tue:30');
const taperingExample = '1:4, 2:8';

/** "2:ma-fr:5, :ti:30": for so many weeks, on these days, so long; only the last may go on until further notice. */
function growingSteps(text: string | undefined) {
  return splitSteps(text)?.map((step) => {
    const match = /^(\d*):([^:]+):(\d+)$/.exec(step);
    const weekdays = match === null ? [] : readWeekdays(match[2] ?? '');
    if (match === null || weekdays.length === 0)
      throw new CliError('steps_unreadable', { text: step, example: growingExample });
    return { weeks: match[1] === '' ? null : Number(match[1]), weekdays, minutes: Number(match[3]) };
  });
}

/** "1:4, 2:8:20": every so many weeks, for so many weeks, so long. */
function taperingSteps(text: string | undefined) {
  return splitSteps(text)?.map((step) => {
    const match = /^(\d+):(\d+)(?::(\d+))?$/.exec(step);
    if (match === null) throw new CliError('steps_unreadable', { text: step, example: taperingExample });
    const minutes = match[3] === undefined ? {} : { minutes: Number(match[3]) };
    return { everyWeeks: Number(match[1]), weeks: Number(match[2]), ...minutes };
  });
}

/** Steps end where a new one begins, since the days within one are parted by commas too. */
const splitSteps = (text: string | undefined): string[] | undefined =>
  text
    ?.split(/[,;]\s*(?=\d*:)/)
    .map((step) => step.trim())
    .filter((step) => step !== '');

/** "ma-fr" or "ma,on,fr", read as the days of opening hours are. */
function readWeekdays(text: string): number[] {
  try {
    const days = text
      .split(',')
      .flatMap((part) => readOpeningHours(`${part.trim()} 8-9`))
      .map(({ weekday }) => weekday);
    return [...new Set(days)].sort((a, b) => a - b);
  } catch {
    return [];
  }
}

/** Phases from a file: a list, or what `naer plans show --json` gives. */
export async function readPhases(file: string): Promise<Phase[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw new CliError('file_unreadable', { file, why: failureText(error) }, { cause: error });
  }
  const parsed = phases.safeParse(phasesIn(text));
  if (!parsed.success) throw new CliError('phases_unreadable', { file });
  return parsed.data;
}

function phasesIn(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && 'phases' in value ? value.phases : value;
  } catch {
    return null;
  }
}
