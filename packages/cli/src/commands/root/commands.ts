import type { Command } from '@oclif/core';
import { listFlags, NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { column } from '../../ui/table.ts';

export default class Commands extends NaerCommand {
  static override summary = say('Vis alle kommandoer', 'List all commands');
  static override flags = { csv: listFlags.csv };
  static override examples = ['naer commands', 'naer commands --json'];

  async run() {
    const { flags } = await this.parse(Commands);
    const known = this.config.commands.map(describe).sort((a, b) => a.command.localeCompare(b.command));
    type Row = (typeof known)[number];
    this.show(flags, known, [
      column(say('Kommando', 'Command'), 'command', (row: Row) => row.command),
      column(say('Hvad den gør', 'What it does'), 'summary', (row: Row) => row.summary),
    ]);
    return known;
  }
}

const describe = (command: Command.Loadable) => ({
  command: `naer ${command.id.replaceAll(':', ' ')}`,
  summary: command.summary ?? '',
  options: Object.keys(command.flags).map((flag) => `--${flag}`),
});
