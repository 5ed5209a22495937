import { programmeRoutes, usualRhythm } from '@naer/core/contract/programme';
import { Args, Flags } from '@oclif/core';
import { wallTime } from '../../actions/days.ts';
import { readRhythm } from '../../actions/rhythm.ts';
import { readDay } from '../../actions/times.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dayValue, programmeCard } from '../../ui/programme.ts';

export default class ProgrammeCreate extends ProgrammeCommand {
  static override summary = say('Begynd et program', 'Begin a programme');
  static override description = say(
    'Målgruppen er de borgere, der kunne få online bostøtte; udbredelsesgraden regnes af den.',
    'The target group is the citizens who could have online bostøtte; the implementation rate is of it.',
  );
  static override args = {
    name: Args.string({ required: true, description: say('Programmets navn', 'Its name') }),
  };
  static override flags = {
    'target-group': Flags.integer({
      summary: say('Borgere i målgruppen', 'Citizens in the target group'),
      min: 1,
      required: true,
      helpValue: 'N',
    }),
    starts: Flags.string({
      summary: say('Begynder', 'Begins'),
      required: true,
      helpValue: dayValue,
    }),
    trial: Flags.string({ summary: say('Afprøvning fra', 'Trial from'), helpValue: dayValue }),
    ends: Flags.string({ summary: say('Slutter', 'Ends'), helpValue: dayValue }),
    rhythm: Flags.string({
      summary: say('Uger mellem opfølgninger', 'Weeks between follow-ups'),
      helpValue: 'goals=4,…',
    }),
  };
  static override examples = [
    'naer programme create "Online bostøtte" --target-group 450 --starts 2026-01-05 --trial 2026-03-02',
  ];

  async run() {
    const { args, flags } = await this.parse(ProgrammeCreate);
    const now = new Date();
    const programme = await this.call(programmeRoutes.create, {
      body: {
        name: args.name,
        targetGroup: flags['target-group'],
        startsOn: readDay(flags.starts, now),
        trialOn: readDay(flags.trial, now),
        endsOn: readDay(flags.ends, now),
        rhythm: readRhythm(flags.rhythm, usualRhythm),
      },
    });
    this.log(programmeCard(programme));
    this.note(
      say(
        'Sæt milepælene med »naer programme milestones --set FIL«.',
        'Set the milestones with "naer programme milestones --set FILE".',
      ),
    );
    if (programme.startsOn.slice(0, 7) < wallTime(now).day.slice(0, 7))
      this.note(
        say(
          'De måneder, der er gået, gøres op nu og ændres ikke siden: besøg, der først importeres senere, tæller fra næste måned.',
          'The months that are over are closed now and stay as they are: visits imported later count from the next month on.',
        ),
      );
    return programme;
  }
}
