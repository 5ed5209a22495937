import { handOffRoutes } from '@naer/core/contract/hand-off';
import { shortId } from '../../actions/short-ids.ts';
import { say } from '../../language.ts';
import { oneLine } from '../../ui/table.ts';
import { visitArg } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class HandOffText extends VisitsCommand {
  static override summary = say('Den færdige tekst til at sætte ind', 'The ready text to paste');
  static override description = say(
    'Læsningen logges. Med en borgers kode: det sidste besøg, der er holdt.',
    "The reading is logged. With a citizen's code: the last visit that was held.",
  );
  static override args = { visit: visitArg };
  static override examples = ['naer handoff text 3f0c2a52', 'naer handoff text B-7KQ25'];

  async run() {
    const { args } = await this.parse(HandOffText);
    const { id, handOff } = await this.findVisit(args.visit, 'handed');
    const document = await this.call(handOffRoutes.read, { params: { id } });
    const { text, note } = document;
    this.log(lines(note === null ? text : `${text}\n\nNote: ${note}`));
    const done = `naer handoff done ${shortId(id)}`;
    this.note(
      handOff === 'delivered'
        ? say(
            '\nDen er allerede overdraget; sæt den ikke ind igen.',
            '\nIt is handed off already; do not paste it again.',
          )
        : say(`\nNår den er sat ind: ${done}`, `\nOnce it is pasted: ${done}`),
    );
    return document;
  }
}

const lines = (text: string): string => text.split('\n').map(oneLine).join('\n');
