import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { readMonth } from '../../actions/past-days.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { monthColumns, monthRows } from '../../ui/measures.ts';
import { programmeFlag } from '../../ui/programme.ts';

const monthValue = say('MÅNED', 'MONTH');

export default class ProgrammeMonths extends ProgrammeCommand {
  static override summary = say('Månedsopgørelser, som de gives ud', 'Month-ends as they are given out');
  static override description = say(
    'Grupper under fem er skjult, og kan ikke regnes ud af andre tal.',
    'Groups under five are hidden, and cannot be worked out from other numbers.',
  );
  static override flags = {
    ...programmeFlag,
    csv: listFlags.csv,
    from: Flags.string({ summary: say('Fra denne måned', 'From this month'), helpValue: monthValue }),
    to: Flags.string({ summary: say('Til og med denne måned', 'Until this month'), helpValue: monthValue }),
  };
  static override examples = ['naer programme months', 'naer programme months --from 2026-07 --csv'];

  async run() {
    const { flags } = await this.parse(ProgrammeMonths);
    const now = new Date();
    const query = { from: readMonth(flags.from, now), to: readMonth(flags.to, now) };
    const { id } = await this.findProgramme(flags.programme);
    const { items } = await this.call(programmeRoutes.months, { params: { id }, query });
    const rows = monthRows(items);
    this.show(flags, rows, monthColumns(rows));
    return items;
  }
}
