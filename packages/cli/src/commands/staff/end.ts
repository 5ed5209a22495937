import { identityRoutes } from '@naer/core/contract/identity';
import { NaerCommand, yesFlag } from '../../base-command.ts';
import { say } from '../../language.ts';
import { initialsArg } from '../../ui/staff.ts';

export default class StaffEnd extends NaerCommand {
  static override summary = say('Afslut en ansættelse', 'End an employment');
  static override description = say(
    'Adgangsnøgler lukkes straks, og kommende bookinger aflyses.',
    'Tokens are revoked at once, and future bookings are cancelled.',
  );
  static override args = { initials: initialsArg };
  static override flags = yesFlag;
  static override examples = ['naer staff end BM13', 'naer staff end BM13 --yes'];

  async run() {
    const { args, flags } = await this.parse(StaffEnd);
    await this.confirm(
      flags,
      args.initials,
      say(
        'Adgangen lukkes, og kommende bookinger aflyses.',
        'Access ends, and future bookings are cancelled.',
      ),
    );
    const staff = await this.call(identityRoutes.endStaff, { params: { initials: args.initials } });
    this.log(say(`${staff.name} er fratrådt.`, `${staff.name} has left.`));
    return staff;
  }
}
