import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { readPastDay } from '../../actions/past-days.ts';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { figuresCard, figuresColumns } from '../../ui/measures.ts';
import { askedFlags, citationText, dayValue, programmeFlag } from '../../ui/programme.ts';

const periods = ['day', 'week', 'month'] as const;

export default class ProgrammeMeasures extends ProgrammeCommand {
  static override summary = say(
    'Målene, som de er, med deres bevis',
    'The measures as they are, with their proof',
  );
  static override description = say(
    'Kommunens egne, eksakte tal. Uden --by vises én dag med de 28 dage før den; --csv giver alle mål.',
    "The municipality's own, exact figures. Without --by it shows one day with the 28 days before it; --csv gives every measure.",
  );
  static override flags = {
    ...programmeFlag,
    csv: listFlags.csv,
    by: Flags.string({
      summary: say('For hver dag, uge eller måned', 'For each day, week or month'),
      options: [...periods],
      helpValue: periods.join('|'),
    }),
    from: Flags.string({
      summary: say('Fra denne dag', 'From this day'),
      helpValue: dayValue,
      dependsOn: ['by'],
    }),
    team: Flags.string({ summary: say('Kun dette team', 'Only this team') }),
    ...askedFlags,
  };
  static override examples = [
    'naer programme measures',
    'naer programme measures --by month --from 2026-01-01 --csv',
    'naer programme measures --team "Team Nord" --at 2026-10-31',
  ];

  async run() {
    const { flags } = await this.parse(ProgrammeMeasures);
    const { id } = await this.findProgramme(flags.programme);
    const answer = await this.call(programmeRoutes.measures, {
      params: { id },
      query: {
        ...this.askedOnly(flags),
        from: readPastDay(flags.from, new Date()),
        by: periods.find((by) => by === flags.by),
        team: flags.team,
      },
    });
    const [only] = answer.items;
    if (flags.by === undefined && only !== undefined && !flags.csv) this.log(figuresCard(only));
    else this.show(flags, answer.items, figuresColumns());
    if (!flags.csv) this.note(`\n${say('Bevis: ', 'Proof: ')}${citationText(answer.citation)}`);
    return answer;
  }
}
