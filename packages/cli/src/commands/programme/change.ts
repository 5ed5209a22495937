import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { readRhythm } from '../../actions/rhythm.ts';
import { readDay } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dayValue, programmeCard, programmeFlag } from '../../ui/programme.ts';

export default class ProgrammeChange extends ProgrammeCommand {
  static override summary = say('Ret et program', 'Change a programme');
  static override description = say(
    'En tom tekst fjerner en dato: --ends "".',
    'An empty text takes a date away: --ends "".',
  );
  static override flags = {
    ...programmeFlag,
    name: Flags.string({ summary: say('Nyt navn', 'New name'), helpValue: say('NAVN', 'NAME') }),
    'target-group': Flags.integer({
      summary: say('Borgere i målgruppen', 'Citizens in the target group'),
      min: 1,
      helpValue: 'N',
    }),
    starts: Flags.string({ summary: say('Begynder', 'Begins'), helpValue: dayValue }),
    trial: Flags.string({ summary: say('Afprøvning fra', 'Trial from'), helpValue: dayValue }),
    ends: Flags.string({ summary: say('Slutter', 'Ends'), helpValue: dayValue }),
    rhythm: Flags.string({
      summary: say('Uger mellem opfølgninger', 'Weeks between follow-ups'),
      helpValue: 'goals=4,…',
    }),
  };
  static override examples = [
    'naer programme change --target-group 460',
    'naer programme change --programme "Online bostøtte" --rhythm goals=4,culture=8',
  ];

  async run() {
    const { flags } = await this.parse(ProgrammeChange);
    const now = new Date();
    const found = await this.findProgramme(flags.programme);
    const clearable = (text: string | undefined) => (text === '' ? null : readDay(text, now));
    const programme = await this.call(programmeRoutes.change, {
      params: { id: found.id },
      body: {
        name: flags.name,
        targetGroup: flags['target-group'],
        startsOn: readDay(flags.starts, now),
        trialOn: clearable(flags.trial),
        endsOn: clearable(flags.ends),
        rhythm: readRhythm(flags.rhythm, found.rhythm),
      },
    });
    this.log(programmeCard(programme));
    return programme;
  }
}
