import { identityRoutes } from '@naer/core/contract/identity';
import { Args } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { initialsArg, staffCard, staffFlags, staffInput } from '../../ui/staff.ts';

export default class StaffAdd extends NaerCommand {
  static override summary = say('Opret en medarbejder', 'Register a member of staff');
  static override args = {
    initials: initialsArg,
    name: Args.string({ required: true, description: say('Fulde navn', 'Full name') }),
  };
  static override flags = staffFlags();
  static override examples = [
    'naer staff add BM13 "Åse Nørgaard" --role support-worker --team "Team Midt" --hours 32',
  ];

  async run() {
    const { args, flags } = await this.parse(StaffAdd);
    const { roles = ['support-worker'], ...facts } = staffInput(flags);
    const staff = await this.call(identityRoutes.registerStaff, {
      body: { ...facts, roles, initials: args.initials, name: args.name },
    });
    this.log(staffCard(staff));
    return staff;
  }
}
