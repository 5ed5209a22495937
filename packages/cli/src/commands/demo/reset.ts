import { demoRoutes } from '@naer/core/contract/demo';
import { NaerCommand, yesFlag } from '../../base-command.ts';
import { language, say } from '../../language.ts';
import { canAsk } from '../../ui/terminal.ts';

export default class DemoReset extends NaerCommand {
  static override summary = say('Lav demokommunen forfra', 'Make the demo municipality anew');
  static override description = say(
    'Alt i demokommunen slettes og opfindes igen: de samme borgere og medarbejdere, set fra i dag. Din adgangsnøgle gælder fortsat. Andre kommuner bliver ikke rørt.',
    'Everything in the demo municipality is deleted and invented again: the same citizens and staff, as of today. Your token still holds. No other municipality is touched.',
  );
  static override flags = yesFlag;
  static override examples = ['naer demo reset', 'naer demo reset --yes --json'];

  async run() {
    const { flags } = await this.parse(DemoReset);
    await this.confirm(
      flags,
      say('FORFRA', 'RESET'),
      say(
        'Alt, hvad I har prøvet i demokommunen, bliver slettet, også andres adgangsnøgler.',
        'Everything you have tried in the demo municipality is deleted, and the tokens of others.',
      ),
    );
    if (canAsk()) this.note(say('Det tager omkring et halvt minut …', 'This takes about half a minute …'));
    const made = await this.call(demoRoutes.reset, {});
    const visits = made.visits.toLocaleString(language());
    this.log(
      say(
        `Demokommunen er lavet forfra: ${made.citizens} borgere, ${made.staff} medarbejdere, ${made.rooms} rum, ${visits} besøg og ${made.plans} planer.`,
        `The demo municipality has been made anew: ${made.citizens} citizens, ${made.staff} staff, ${made.rooms} rooms, ${visits} visits and ${made.plans} plans.`,
      ),
    );
    return made;
  }
}
