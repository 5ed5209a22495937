import { DomainError } from '@naer/core/contract/errors';
import { invitation, programmeRoutes } from '@naer/core/contract/programme';
import { Args, Flags } from '@oclif/core';
import { readTextFile } from '../../actions/text-files.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { programmeCard } from '../../ui/programme.ts';

export default class ProgrammeJoin extends ProgrammeCommand {
  static override summary = say('Vær med i et fælles program', 'Take part in a joint programme');
  static override description = say(
    'Efter invitationen fra den kommune, der leder det. Send dem nøglen, der vises, så de kan kende jeres bidrag.',
    'By the invitation of the municipality that leads it. Send them the key that is shown, so that they know your contributions.',
  );
  static override args = {
    file: Args.string({
      required: true,
      description: say('Invitationen; - er standard-input', 'The invitation; - is standard input'),
    }),
  };
  static override flags = {
    'target-group': Flags.integer({
      summary: say('Borgere i målgruppen hos jer', 'Citizens in your target group'),
      min: 1,
      required: true,
      helpValue: 'N',
    }),
  };
  static override examples = ['naer programme join invitation.json --target-group 200'];

  async run() {
    const { args, flags } = await this.parse(ProgrammeJoin);
    const read = parseInvitation(await readTextFile(args.file));
    const joined = await this.call(programmeRoutes.join, {
      body: { invitation: read, targetGroup: flags['target-group'] },
    });
    this.log(programmeCard(joined.programme));
    this.log(`\n${say('Nøglen til den, der leder:', 'The key for the lead:')}\n${joined.verifierKey}`);
    return joined;
  }
}

function parseInvitation(text: string) {
  try {
    return invitation.parse(JSON.parse(text));
  } catch (error) {
    throw new DomainError('invitation_unreadable', {}, { cause: error });
  }
}
