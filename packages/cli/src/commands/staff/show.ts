import { identityRoutes } from '@naer/core/contract/identity';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { initialsArg, staffCard } from '../../ui/staff.ts';

export default class StaffShow extends NaerCommand {
  static override summary = say('Vis en medarbejder', 'Show a member of staff');
  static override args = { initials: initialsArg };
  static override examples = ['naer staff show BM13'];

  async run() {
    const { args } = await this.parse(StaffShow);
    const staff = await this.call(identityRoutes.showStaff, { params: { initials: args.initials } });
    this.log(staffCard(staff));
    return staff;
  }
}
