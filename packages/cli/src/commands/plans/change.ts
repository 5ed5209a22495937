import { plansRoutes } from '@naer/core/contract/plans';
import { Flags } from '@oclif/core';
import { readWeek } from '../../actions/days.ts';
import { readPhases, readSlots } from '../../actions/plan-templates.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { PlansCommand } from '../../plans-command.ts';
import { choices, pick } from '../../ui/choices.ts';
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
    minutes: Flags.integer({ summary: say('Varighed', 'Length'), min: 5, max: 480, helpValue: 'MIN' }),
    channel: Flags.string(choices(channelWords, say('Måden (ellers video)', 'The channel (else video)'))),
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
    const channel = pick(channelWords, flags.channel, '--channel') ?? 'video';
    const context = { now, minutes: () => this.askMinutes() };
    const phases =
      flags.file === undefined
        ? [{ weeks: null, slots: await readSlots(flags.at ?? [], channel, flags.minutes, context) }]
        : await readPhases(flags.file);
    if (flags.file === undefined && flags.at === undefined)
      throw new CliError('usage', {
        what: say(
          'Sig, hvordan planen skal være: --at eller --file.',
          'Say how the plan shall be: --at or --file.',
        ),
        command: 'plans change',
      });
    const word = await this.citizensWord(flags.word);
    const { id } = await this.findPlan(args.plan);
    const body = { fromWeek, phases, word, skipConflicts: flags['skip-conflicts'] };
    const plan = await this.heeding(flags, (acknowledge) =>
      this.call(plansRoutes.changePhases, { params: { id }, body: { ...body, acknowledge } }),
    );
    await this.showPlan(plan);
    return plan;
  }
}
