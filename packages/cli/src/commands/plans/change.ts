import { plansRoutes, type Slot } from '@naer/core/contract/plans';
import { Flags } from '@oclif/core';
import { readWeek } from '../../actions/days.ts';
import { readPhases, readSlots } from '../../actions/plan-templates.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { askChoice, choices } from '../../ui/choices.ts';
import { planArg, seriesFlags, wordFlag } from '../../ui/plans.ts';
import { channelWords } from '../../ui/visit-words.ts';
import { anywayFlag } from '../../ui/visits.ts';

export default class PlansChange extends PlansCommand {
  static override summary = say('Lav en plan om fra en uge', 'Have a plan another way from a week on');
  static override description = say(
    'Med --at er den nye plan de gange hver uge indtil videre; med --file alle faser, som »naer plans show --json« viser dem.',
    'With --at the new plan is those times every week until further notice; with --file all phases, as "naer plans show --json" gives them.',
  );
  static override args = { plan: planArg };
  static override flags = {
    'from-week': Flags.string({
      summary: say('Fra denne uge (ellers næste)', 'From this week (else the next)'),
      helpValue: say('UGE', 'WEEK'),
    }),
    at: Flags.string({
      summary: say('Ny tid, kan gentages', 'New time, may be repeated'),
      helpValue: say('"torsdag 14-14.30"', '"thursday 14-14:30"'),
      multiple: true,
      multipleNonGreedy: true,
      exclusive: ['file'],
    }),
    minutes: Flags.integer({
      summary: say('Varighed (ellers som nu)', 'Length (else as now)'),
      min: 5,
      max: 480,
      helpValue: 'MIN',
    }),
    channel: Flags.string(choices(channelWords, say('Måden (ellers som nu)', 'The channel (else as now)'))),
    file: Flags.string({ summary: say('Faser, som JSON', 'Phases, as JSON'), helpValue: say('FIL', 'FILE') }),
    ...wordFlag,
    'skip-conflicts': seriesFlags()['skip-conflicts'],
    ...anywayFlag,
  };
  static override examples = [
    say(
      'naer plans change B-7KQ25 --from-week 50 --at "torsdag 14-14.30" --word agreed',
      'naer plans change B-7KQ25 --from-week 50 --at "thursday 14-14:30" --word agreed',
    ),
    say(
      'naer plans change 3f0c2a52 --from-week "uge 50" --file faser.json',
      'naer plans change 3f0c2a52 --from-week "week 50" --file phases.json',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(PlansChange);
    const now = new Date();
    const fromWeek = readWeek(flags['from-week'] ?? 'næste uge', now);
    if (flags.file === undefined && flags.at === undefined)
      throw new CliError('usage', {
        what: say(
          'Sig, hvordan planen skal være: --at eller --file.',
          'Say how the plan shall be: --at or --file.',
        ),
        command: 'plans change',
      });
    const { id, phases: before, currentPhase } = await this.findPlan(args.plan);
    const phases =
      flags.file === undefined
        ? [{ weeks: null, slots: await this.#slots(flags, before[currentPhase ?? 0]?.slots ?? [], now) }]
        : await readPhases(flags.file);
    const word = await this.citizensWord(flags.word);
    const body = { fromWeek, phases, word, skipConflicts: flags['skip-conflicts'] };
    const plan = await this.heeding(flags, (acknowledge) =>
      this.call(plansRoutes.changePhases, { params: { id }, body: { ...body, acknowledge } }),
    );
    await this.showPlan(plan);
    return plan;
  }

  /** What is not said stays as it is now, where all times of the week have it in common. */
  async #slots(flags: Given, before: readonly Slot[], now: Date) {
    const channel = await askChoice(
      channelWords,
      flags.channel ?? common(before.map((slot) => slot.channel)),
      {
        question: say('Hvordan?', 'How?'),
        what: say('måden', 'the channel'),
        option: '--channel',
      },
    );
    const minutes = flags.minutes ?? common(before.map((slot) => slot.minutes));
    return readSlots(flags.at ?? [], channel, minutes, { now, minutes: () => this.askMinutes() });
  }
}

interface Given {
  readonly at?: readonly string[] | undefined;
  readonly minutes?: number | undefined;
  readonly channel?: string | undefined;
}

const common = <Value>([first, ...others]: readonly Value[]): Value | undefined =>
  others.every((each) => each === first) ? first : undefined;
