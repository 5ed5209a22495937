import { languageWords } from '@naer/core/contract/call-words';
import { callsRoutes } from '@naer/core/contract/calls';
import { Args, Flags } from '@oclif/core';
import { CallsCommand } from '../../calls-command.ts';
import { say } from '../../language.ts';
import { callCard } from '../../ui/calls.ts';
import { choice, pick } from '../../ui/choices.ts';
import { ask } from '../../ui/terminal.ts';
import { participantWords } from '../../ui/visit-words.ts';
import { visitArg } from '../../ui/visits.ts';

export default class CallsInvite extends CallsCommand {
  static override summary = say(
    'Invitér en udefra til en samtale med et link',
    'Invite somebody from outside to a call by link',
  );
  static override description = say(
    'Adressen gemmes forseglet, til samtalen er slut. Kollegaer sættes på besøget med »naer visits plan --with«.',
    'The address is kept sealed until the call is over. Colleagues are put on the visit with "naer visits plan --with".',
  );
  static override args = {
    visit: visitArg,
    role: Args.string({
      required: true,
      description: Object.keys(participantWords).join(', '),
    }),
  };
  static override flags = {
    email: Flags.string({ summary: say('Send linket hertil', 'Send the link here'), helpValue: 'E-MAIL' }),
    phone: Flags.string({
      summary: say('Send linket som sms hertil', 'Send the link here as a text message'),
      helpValue: say('NUMMER', 'NUMBER'),
      exclusive: ['email'],
    }),
    language: choice(languageWords, say('Gæstens sprog (ellers da)', "The guest's language (else da)")),
  };
  static override examples = [
    say(
      'naer calls invite B-7KQ25 sagsbehandler --email sagsbehandler@example.dk',
      'naer calls invite B-7KQ25 caseworker --email caseworker@example.dk',
    ),
    'naer calls invite 3f0c2a52 interpreter --phone "20 00 00 00" --language en',
  ];

  async run() {
    const { args, flags } = await this.parse(CallsInvite);
    const role = pick(participantWords, args.role, 'ROLE');
    const language = pick(languageWords, flags.language, '--language');
    const { visit } = await this.findCall(args.visit);
    const to = await this.#address(flags);
    const call = await this.call(callsRoutes.inviteGuest, {
      params: { id: visit.id },
      body: { role, language, ...to },
    });
    this.log(callCard(call));
    return call;
  }

  /** Asked for where it was not given: so it does not stay in the history of the shell either. */
  async #address(given: {
    readonly email?: string | undefined;
    readonly phone?: string | undefined;
  }): Promise<{ readonly email: string } | { readonly phone: string }> {
    if (given.email !== undefined) return { email: given.email };
    if (given.phone !== undefined) return { phone: given.phone };
    const answer = await ask(
      say('E-mail eller telefonnummer, linket skal sendes til:', 'E-mail or number to send the link to:'),
      { what: say('adressen', 'the address'), flag: '--email' },
    );
    return answer.includes('@') ? { email: answer } : { phone: answer };
  }
}
