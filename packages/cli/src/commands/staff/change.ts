import { identityRoutes } from '@naer/core/contract/identity';
import { Flags } from '@oclif/core';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { initialsArg, staffCard, staffFlags, staffInput } from '../../ui/staff.ts';

export default class StaffChange extends NaerCommand {
  static override summary = say('Ret en medarbejder', 'Change a member of staff');
  static override description = say(
    'Kun det, du nævner, ændres. En tom tekst sletter feltet.',
    'Only what you name changes. An empty text clears the field.',
  );
  static override args = { initials: initialsArg };
  static override flags = {
    name: Flags.string({ summary: say('Fulde navn', 'Full name') }),
    ...staffFlags(),
  };
  static override examples = [
    'naer staff change BM13 --team "Team Nord"',
    'naer staff change BM13 --role support-worker,super-user',
  ];

  async run() {
    const { args, flags } = await this.parse(StaffChange);
    const staff = await this.call(identityRoutes.changeStaff, {
      params: { initials: args.initials },
      body: { ...staffInput(flags), name: flags.name },
    });
    this.log(staffCard(staff));
    return staff;
  }
}
