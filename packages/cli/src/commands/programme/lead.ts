import { programmeRoutes } from '@naer/core/contract/programme';
import { Args, Flags } from '@oclif/core';
import { readMilestoneFile } from '../../actions/milestone-files.ts';
import { readDay } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dayValue, programmeCard } from '../../ui/programme.ts';

export default class ProgrammeLead extends ProgrammeCommand {
  static override summary = say(
    'Begynd et fælles program, som ledes herfra',
    'Begin a joint programme that is led from here',
  );
  static override args = {
    name: Args.string({ required: true, description: say('Programmets navn', 'Its name') }),
  };
  static override flags = {
    starts: Flags.string({ summary: say('Begynder', 'Begins'), required: true, helpValue: dayValue }),
    ends: Flags.string({ summary: say('Slutter', 'Ends'), helpValue: dayValue }),
    milestones: Flags.string({
      summary: say('De fælles milepæle, som JSON', 'The common milestones, as JSON'),
      required: true,
      helpValue: say('FIL', 'FILE'),
    }),
  };
  static override examples = [
    'naer programme lead "Online bostøtte i nord" --starts 2026-01-01 --milestones milestones.json',
  ];

  async run() {
    const { args, flags } = await this.parse(ProgrammeLead);
    const now = new Date();
    const milestones = await readMilestoneFile(flags.milestones);
    const programme = await this.call(programmeRoutes.lead, {
      body: {
        name: args.name,
        startsOn: readDay(flags.starts, now),
        endsOn: readDay(flags.ends, now),
        milestones,
      },
    });
    this.log(programmeCard(programme));
    this.note(
      say(
        'Send hver kommune invitationen: »naer programme invite --out FIL«.',
        'Send each municipality the invitation: "naer programme invite --out FILE".',
      ),
    );
    return programme;
  }
}
