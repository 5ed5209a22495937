import { programmeRoutes } from '@naer/core/contract/programme';
import type { Preparation } from '@naer/core/contract/programme-codes';
import { Args } from '@oclif/core';
import { readPastDay } from './actions/past-days.ts';
import { listFlags } from './base-command.ts';
import { counted, say } from './language.ts';
import { ProgrammeCommand } from './programme-command.ts';
import { dateText } from './ui/figures.ts';
import { onFlag } from './ui/programme.ts';
import { preparationWords } from './ui/programme-words.ts';
import { column } from './ui/table.ts';
import { word } from './ui/words.ts';

/** `naer programme trained|informed [INITIALS …]`: records members of staff, or lists those recorded. */
export abstract class PreparationCommand extends ProgrammeCommand {
  static override strict = false;
  static override args = {
    initials: Args.string({
      description: say(
        'En eller flere; uden vises de registrerede',
        'One or more; without any those recorded are listed',
      ),
    }),
  };
  static override flags = { csv: listFlags.csv, ...onFlag };

  protected abstract readonly kind: Preparation;

  async run(): Promise<unknown> {
    const { argv, flags } = await this.parse(PreparationCommand);
    const initials = argv.map((each) => String(each).trim().toUpperCase()).filter((each) => each !== '');
    return initials.length === 0 ? this.#recorded(flags) : this.#record(initials, flags.on);
  }

  async #recorded(flags: { readonly csv: boolean }) {
    const { items } = await this.call(programmeRoutes.listPreparations, {});
    const rows = items.filter(({ kind }) => kind === this.kind);
    type Row = (typeof rows)[number];
    const columns = [
      column(say('Medarbejder', 'Worker'), 'initials', (row: Row) => row.initials),
      column(
        say('Dag', 'Day'),
        'on',
        (row: Row) => dateText(row.on),
        (row: Row) => row.on,
      ),
      column(say('Skrevet af', 'By'), 'by', (row: Row) => row.by ?? ''),
    ];
    this.show(flags, rows, columns);
    return rows;
  }

  async #record(initials: readonly string[], given: string | undefined) {
    const on = readPastDay(given, new Date());
    const body = { initials: [...initials], kind: this.kind, on };
    const { items } = await this.call(programmeRoutes.prepare, { body });
    const people = counted(
      items.length,
      ['medarbejder', 'medarbejdere'],
      ['member of staff', 'members of staff'],
    );
    this.log(
      `${people} ${word(preparationWords, this.kind)}: ${items.map((each) => each.initials).join(', ')}`,
    );
    return items;
  }
}
