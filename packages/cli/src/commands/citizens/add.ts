import { citizensRoutes } from '@naer/core/contract/citizens';
import { CitizensCommand } from '../../citizens-command.ts';
import { say } from '../../language.ts';
import { citizenCard, factFlags, factInput, identityFlags, identityInput } from '../../ui/citizens.ts';
import { readNumber } from '../../ui/inputs.ts';
import { ask } from '../../ui/terminal.ts';

export default class CitizensAdd extends CitizensCommand {
  static override summary = say('Opret en borger', 'Register a citizen');
  static override description = say(
    'Det nødvendige, du ikke nævner, bliver du spurgt om, så et navn ikke behøver stå i kommandohistorikken.',
    'You are asked for what is needed and not given, so that a name need not stand in the history of commands.',
  );
  static override flags = { ...identityFlags(), ...factFlags() };
  static override examples = [
    'naer citizens add',
    'naer citizens add --reference 100299 --basis "SEL § 85" --hours 2 --worker BM13',
  ];

  async run() {
    const { flags } = await this.parse(CitizensAdd);
    const identity = identityInput(flags);
    const needed = async (given: string | undefined, question: string, flag: string) =>
      given ?? ask(`${question}:`, { what: question.toLowerCase(), flag });
    const reference = await needed(identity.reference, say('Sagsnummer', 'Reference'), '--reference');
    const name = await needed(identity.name, say('Fulde navn', 'Full name'), '--name');
    const basis = await needed(flags.basis, say('Paragraf', 'Legal basis'), '--basis');
    const hours = await needed(
      flags.hours,
      say('Bevilgede timer om ugen', 'Granted hours a week'),
      '--hours',
    );
    readNumber(hours, '--hours');
    const { granted, ...facts } = factInput({ ...flags, hours }, (phrase) => this.day(phrase));
    const citizen = await this.call(citizensRoutes.register, {
      body: {
        ...facts,
        identity: { ...identity, reference, name },
        legalBasis: basis,
        granted: granted ?? { minutes: 0, per: 'week' },
      },
    });
    this.log(citizenCard(citizen));
    return citizen;
  }
}
