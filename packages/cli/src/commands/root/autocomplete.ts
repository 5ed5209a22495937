import { Args } from '@oclif/core';
import { completionScript, shells } from '../../actions/completion.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';

const howTo = () =>
  say(
    `Sæt linjen for din skal i dens opstartsfil, så foreslår Tab-tasten kommandoer og valg:

  bash   ~/.bashrc                   source <(naer autocomplete bash)
  zsh    ~/.zshrc                    source <(naer autocomplete zsh)
  fish   ~/.config/fish/config.fish  naer autocomplete fish | source`,
    `Put the line for your shell in its start-up file, and the Tab key suggests commands and options:

  bash   ~/.bashrc                   source <(naer autocomplete bash)
  zsh    ~/.zshrc                    source <(naer autocomplete zsh)
  fish   ~/.config/fish/config.fish  naer autocomplete fish | source`,
  );

export default class Autocomplete extends NaerCommand {
  static override summary = say(
    'Få Tab-tasten til at foreslå kommandoer',
    'Let the Tab key suggest commands',
  );
  static override args = {
    shell: Args.string({ options: [...shells], description: say('Skriv dens program', 'Print its script') }),
  };
  static override examples = ['naer autocomplete', 'source <(naer autocomplete bash)'];

  async run() {
    const { args } = await this.parse(Autocomplete);
    const shell = shells.find((known) => known === args.shell);
    const script = shell === undefined ? null : completionScript(shell, this.config.commands);
    this.log(script ?? howTo());
    return { shell: shell ?? null, script };
  }
}
