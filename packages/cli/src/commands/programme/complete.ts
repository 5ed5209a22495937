import { programmeRoutes } from '@naer/core/contract/programme';
import { Args, Flags } from '@oclif/core';
import { readPastDay } from '../../actions/past-days.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { activityCard, onFlag, programmeFlag } from '../../ui/programme.ts';

export default class ProgrammeComplete extends ProgrammeCommand {
  static override summary = say('Sæt en aktivitet som udført', 'Set an activity as done');
  static override args = {
    code: Args.string({ required: true, description: say('Fx F9 eller kickoff', 'Such as F9 or kickoff') }),
  };
  static override flags = {
    ...programmeFlag,
    cases: Flags.integer({ summary: say('Prøvede tilfælde', 'Cases tried'), min: 0, helpValue: 'N' }),
    evidence: Flags.string({
      summary: say('Hvor dokumentationen ligger', 'Where the evidence lies'),
      helpValue: 'REF',
    }),
    ...onFlag,
  };
  static override examples = [
    'naer programme complete kickoff',
    'naer programme complete F9 --cases 4 --evidence "sag 26/1042" --on 2026-03-02',
  ];

  async run() {
    const { args, flags } = await this.parse(ProgrammeComplete);
    const on = readPastDay(flags.on, new Date());
    const { id } = await this.findProgramme(flags.programme);
    const activity = await this.call(programmeRoutes.setActivity, {
      params: { id, code: args.code },
      body: { status: 'done', on, cases: flags.cases, addEvidence: flags.evidence },
    });
    this.log(activityCard(activity));
    return activity;
  }
}
