import { identityRoutes } from '@naer/core/contract/identity';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { renderCard } from '../../ui/table.ts';
import { moment } from '../../ui/time.ts';
import { roleWords, word } from '../../ui/words.ts';

export default class Whoami extends NaerCommand {
  static override summary = say('Vis, hvem du er, og hvad du må', 'Show who you are and what you may');
  static override examples = ['naer whoami', 'naer whoami --json'];

  async run() {
    await this.parse(Whoami);
    const me = await this.call(identityRoutes.me, {});
    this.log(
      renderCard([
        [say('Du er', 'You are'), `${me.staff.name} (${me.staff.initials})`],
        [say('Kommune', 'Municipality'), me.municipality.name],
        [say('Roller', 'Roles'), me.staff.roles.map((role) => word(roleWords, role)).join(', ')],
        [say('Tjeneste', 'Service'), this.target.url],
        [say('Adgang til', 'Access until'), moment(me.tokenExpiresAt)],
        [say('Må', 'May'), me.permissions.join(' ')],
      ]),
    );
    return { ...me, url: this.target.url };
  }
}
