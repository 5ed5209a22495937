import { readFile } from 'node:fs/promises';
import { restoreMasterKey } from '@naer/core/contract/master-key-file';
import { type DecodedPaperKey, decodePaperKey } from '@naer/core/contract/paper-key';
import { Args } from '@oclif/core';
import { failureText, makeFolderOf } from '../../actions/files.ts';
import { CliError } from '../../errors/cli-error.ts';
import { KeyCommand } from '../../key-command.ts';
import { say } from '../../language.ts';
import { ask, canAsk, readStdin } from '../../ui/terminal.ts';

export default class KeyRestore extends KeyCommand {
  static override summary = say('Læg hovednøglen tilbage fra papiret', 'Put the master key back from paper');
  static override description = say(
    'Skriv de fem linjer af, eller giv en fil. Andre nøgler i nøglefilen bevares. Genstart Nær bagefter.',
    'Type the five lines, or give a file. Other keys in the key file are kept. Restart Nær afterwards.',
  );
  static override args = {
    file: Args.string({
      description: say(
        'Fil med linjerne, eller - for standard-input',
        'A file with the lines, or - for standard input',
      ),
    }),
  };
  static override examples = ['naer key restore', 'naer key restore papirkopi.txt'];

  async run() {
    const { args } = await this.parse(KeyRestore);
    const decoded =
      args.file === undefined && canAsk()
        ? await this.#askLines()
        : decodePaperKey(await this.#read(args.file));
    if (!decoded.ok) throw new CliError('paper_key_unreadable', { why: problemText(decoded) });
    await makeFolderOf(this.keyFile);
    await restoreMasterKey(this.keyFile, decoded.key);
    this.log(
      say(
        `Nøglen ${decoded.keyId} er lagt tilbage i ${this.keyFile}. Genstart Nær.`,
        `The key ${decoded.keyId} is back in ${this.keyFile}. Restart Nær.`,
      ),
    );
    return { keyId: decoded.keyId, file: this.keyFile };
  }

  /** Asks for the five lines, and again for the one that was typed wrongly. */
  async #askLines(): Promise<DecodedPaperKey> {
    const lines = new Map<number, string>();
    for (let wanted: readonly number[] = [1, 2, 3, 4, 5]; ; ) {
      for (const number of wanted) {
        const line = await ask(say(`Linje ${number}:`, `Line ${number}:`), {
          what: say('linjerne', 'the lines'),
          flag: 'FILE',
        });
        lines.set(number, line);
      }
      const decoded = decodePaperKey([...lines.values()].join('\n'));
      if (decoded.ok) return decoded;
      this.note(problemText(decoded));
      wanted = decoded.line === null ? [1, 2, 3, 4, 5] : [decoded.line];
    }
  }

  async #read(file: string | undefined): Promise<string> {
    if (file === undefined || file === '-') return readStdin();
    try {
      return await readFile(file, 'utf8');
    } catch (error) {
      throw new CliError('file_unreadable', { file, why: failureText(error) }, { cause: error });
    }
  }
}

function problemText({ line, problem }: Extract<DecodedPaperKey, { ok: false }>): string {
  const which = say(`linje ${line}`, `line ${line}`);
  switch (problem) {
    case 'missing':
      return say(`${which} mangler`, `${which} is missing`);
    case 'twice':
      return say(`${which} står der to gange, ikke ens`, `${which} stands there twice, not alike`);
    case 'length':
      return say(`${which} har for få eller for mange tegn`, `${which} has too few or too many characters`);
    case 'character':
      return say(`${which} har et tegn, der aldrig bruges`, `${which} has a character that is never used`);
    case 'check':
      return say(`${which} er skrevet forkert af et sted`, `${which} was copied wrongly somewhere`);
    case 'mixed':
      return say('linjerne hører ikke til samme nøgle', 'the lines are not of one key');
  }
}
