import { parseCitizenCode } from '@naer/core/contract/citizen-code';
import { grantedRoutes } from '@naer/core/contract/granted';
import { Args, Flags } from '@oclif/core';
import { addDays, mondayOf, readWeek, wallTime } from '../../actions/days.ts';
import { listFlags } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { grantedColumns, grantedText, grantedWeekColumns } from '../../ui/granted.ts';
import { onlyWorkerFlag } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

/** How many weeks of one citizen are shown where nothing is said. */
const usualWeeks = 4;

export default class Granted extends VisitsCommand {
  static override summary = say('Bevilget tid mod leveret tid', 'Granted time against delivered time');
  static override description = say(
    'Alle måder tæller. Uden kode: denne uge for de borgere, du ser. Med kode: uge for uge. Aldrig en sammenligning af medarbejdere.',
    'All channels count. Without a code: this week for the citizens you see. With a code: week by week. Never a comparison of workers.',
  );
  static override args = {
    code: Args.string({
      description: say('Borgerens kode, fx B-7KQ25', "The citizen's code, such as B-7KQ25"),
      parse: async (text) => {
        const code = parseCitizenCode(text);
        if (code === null) throw new CliError('code_unreadable', { code: text });
        return code;
      },
    }),
  };
  static override flags = {
    ...listFlags,
    weeks: Flags.integer({ summary: say('Så mange uger', 'So many weeks'), min: 1, max: 53, helpValue: 'N' }),
    from: Flags.string({ summary: say('Fra denne uge', 'From this week'), helpValue: say('UGE', 'WEEK') }),
    team: Flags.string({ summary: say('Kun dette team', 'Only this team') }),
    worker: onlyWorkerFlag,
    mine: Flags.boolean({ summary: say('Kun mine borgere', 'Only my citizens'), exclusive: ['worker'] }),
    short: Flags.boolean({ summary: say('Kun dem, der får for lidt', 'Only those who get too little') }),
  };
  static override examples = [
    'naer granted --mine',
    'naer granted B-7KQ25 --weeks 8',
    'naer granted --team "Team Midt" --weeks 4 --short --csv',
  ];

  async run() {
    const { args, flags } = await this.parse(Granted);
    const now = new Date();
    if (args.code !== undefined) return this.#one(args.code, flags, now);
    const from = flags.from === undefined ? undefined : mondayOf(readWeek(flags.from, now));
    const query = {
      from,
      weeks: flags.weeks,
      team: flags.team,
      worker: flags.mine ? await this.ownInitials() : flags.worker,
      short: flags.short ? ('true' as const) : ('false' as const),
    };
    return this.list(flags, grantedColumns(), (page) =>
      this.call(grantedRoutes.list, { query: { ...page, ...query } }),
    );
  }

  async #one(
    code: string,
    flags: { readonly csv: boolean; readonly weeks?: number | undefined; readonly from?: string | undefined },
    now: Date,
  ) {
    const weeks = flags.weeks ?? usualWeeks;
    const from =
      flags.from === undefined
        ? addDays(mondayOf(readWeek(wallTime(now).day, now)), -7 * (weeks - 1))
        : mondayOf(readWeek(flags.from, now));
    const granted = await this.call(grantedRoutes.show, { params: { code }, query: { from, weeks } });
    if (flags.csv) this.show(flags, granted.weeks, grantedWeekColumns(now));
    else this.log(grantedText(granted, now));
    return granted;
  }
}
