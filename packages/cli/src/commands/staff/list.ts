import { identityRoutes } from '@naer/core/contract/identity';
import { Flags } from '@oclif/core';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { staffColumns } from '../../ui/staff.ts';
import { roleWords } from '../../ui/words.ts';

export default class StaffList extends NaerCommand {
  static override summary = say('Vis medarbejdere', 'List staff');
  static override flags = {
    ...listFlags,
    team: Flags.string({ summary: say('Kun fra dette team', 'Only from this team') }),
    role: choice(roleWords, say('Kun med denne rolle', 'Only with this role')),
    ended: Flags.boolean({ summary: say('Også fratrådte', 'Also those who have left') }),
  };
  static override examples = ['naer staff list', 'naer staff list --team "Team Midt" --csv > staff.csv'];

  async run() {
    const { flags } = await this.parse(StaffList);
    const { team } = flags;
    const role = pick(roleWords, flags.role, '--role');
    const ended = flags.ended ? 'true' : 'false';
    return this.list(flags, staffColumns(), (page) =>
      this.call(identityRoutes.listStaff, { query: { ...page, team, role, ended } }),
    );
  }
}
