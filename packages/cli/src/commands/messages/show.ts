import { messagesRoutes } from '@naer/core/contract/messages';
import { Args, Flags } from '@oclif/core';
import { say } from '../../language.ts';
import { MessagesCommand } from '../../messages-command.ts';
import { mailText } from '../../ui/messages.ts';

export default class MessagesShow extends MessagesCommand {
  static override summary = say(
    'Læs en besked i postkassen; det logges',
    'Read a message of the mailbox; it is logged',
  );
  static override description = say(
    'Postkassen er dér, beskeder lander, hvor hverken mail eller sms er sat op.',
    'The mailbox is where messages land while neither mail nor text messages are set up.',
  );
  static override args = {
    message: Args.string({
      required: true,
      description: say('Nummeret fra »naer messages list«', 'The number from "naer messages list"'),
    }),
  };
  static override flags = {
    calendar: Flags.boolean({
      summary: say('Kun kalenderfilen', 'The calendar file only'),
    }),
  };
  static override examples = [
    'naer messages show 3f0c2a52',
    say(
      'naer messages show 3f0c2a52 --calendar > aftale.ics',
      'naer messages show 3f0c2a52 --calendar > appointment.ics',
    ),
  ];

  async run() {
    const { args, flags } = await this.parse(MessagesShow);
    const id = await this.findMessage(args.message);
    const mail = await this.call(messagesRoutes.show, { params: { id } });
    if (!flags.calendar) this.log(mailText(mail));
    else if (mail.calendar !== null) this.log(mail.calendar.trimEnd());
    else {
      this.note(say('Der følger ingen kalenderfil med.', 'There is no calendar file with it.'));
      this.negative();
    }
    return mail;
  }
}
