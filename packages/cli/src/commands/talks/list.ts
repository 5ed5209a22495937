import { talksRoutes } from '@naer/core/contract/talks';
import { listFlags } from '../../base-command.ts';
import { say } from '../../language.ts';
import { TalksCommand } from '../../talks-command.ts';
import { renderTable } from '../../ui/table.ts';
import { counterColumns, talkColumns } from '../../ui/talks.ts';
import { tableWidth } from '../../ui/terminal.ts';
import { overviewWorkerFlag } from '../../ui/visits.ts';

export default class TalksList extends TalksCommand {
  static override summary = say(
    'Hvem der har bedt om en snak og venter på svar',
    'Who has asked for a talk and waits for an answer',
  );
  static override description = say(
    'Også hvem der har foreslået en anden tid for et besøg. Hvornår de kan bede om det, sætter du med »naer talk-hours set«.',
    'Also who has proposed another time for a visit. When they may ask is set with "naer talk-hours set".',
  );
  static override flags = { csv: listFlags.csv, worker: overviewWorkerFlag };
  static override examples = ['naer talks list', 'naer talks list --worker BM07'];

  async run() {
    const { flags } = await this.parse(TalksList);
    const found = await this.call(talksRoutes.list, { query: { worker: flags.worker } });
    const { asked, proposed } = found;
    if (flags.csv || asked.length > 0) this.show(flags, asked, talkColumns());
    else if (proposed.length === 0) this.log(say('Ingen venter på svar.', 'Nobody waits for an answer.'));
    if (flags.csv) return found;
    if (proposed.length > 0) {
      const title = say('Har foreslået en anden tid:', 'Have proposed another time:');
      const table = renderTable(proposed, counterColumns(), tableWidth());
      this.log(`${asked.length > 0 ? '\n' : ''}${title}\n${table}`);
    }
    const [first, counter] = [asked[0], proposed[0]];
    if (first !== undefined)
      this.note(
        say(
          `Foreslå en tid: naer talks propose ${first.citizen}`,
          `Propose a time: naer talks propose ${first.citizen}`,
        ),
      );
    if (counter !== undefined)
      this.note(
        say(
          `Sig ja: naer visits accept ${counter.citizen}`,
          `Say yes: naer visits accept ${counter.citizen}`,
        ),
      );
    return found;
  }
}
