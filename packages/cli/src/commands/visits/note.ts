import { visitsRoutes } from '@naer/core/contract/visits';
import { say } from '../../language.ts';
import { oneLine } from '../../ui/table.ts';
import { moment } from '../../ui/time.ts';
import { visitArg } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsNote extends VisitsCommand {
  static override summary = say('Læs noten fra et besøg', 'Read the note of a visit');
  static override description = say(
    'Læsningen logges. Med en borgers kode: den sidste note.',
    "The reading is logged. With a citizen's code: the last note.",
  );
  static override args = { visit: visitArg };
  static override examples = ['naer visits note B-7KQ25', 'naer visits note 3f0c2a52'];

  async run() {
    const { args } = await this.parse(VisitsNote);
    const { id } = await this.findVisit(args.visit, 'noted');
    const read = await this.call(visitsRoutes.readNote, { params: { id } });
    if (read.note === null) {
      this.log(say('Der er ingen note.', 'There is no note.'));
      this.negative();
    } else {
      this.log(read.note.split('\n').map(oneLine).join('\n'));
      const from = [read.by, read.at === null ? null : moment(read.at)].filter((part) => part !== null);
      if (from.length > 0) this.note(from.join(', '));
    }
    return read;
  }
}
