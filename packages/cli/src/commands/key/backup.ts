import { Readable } from 'node:stream';
import { readMasterKeyFile } from '@naer/core/contract/master-key-file';
import { encodePaperKey, renderPaperBackup } from '@naer/core/contract/paper-key';
import { Args } from '@oclif/core';
import { writeNewFile } from '../../actions/files.ts';
import { CliError } from '../../errors/cli-error.ts';
import { KeyCommand } from '../../key-command.ts';
import { language, say } from '../../language.ts';
import { today } from '../../ui/time.ts';

export default class KeyBackup extends KeyCommand {
  static override summary = say(
    'Skriv papirkopien af hovednøglen',
    'Write the paper backup of the master key',
  );
  static override description = say(
    'Arbejder på denne maskines nøglefil. Siden fylder ét ark: udskriv den, lås den inde, og slet filen igen.',
    'Works on the key file of this machine. The page fits one sheet: print it, lock it away, and delete the file again.',
  );
  static override args = {
    file: Args.string({
      description: say('Ny fil; ellers standard-output', 'A new file; else standard output'),
    }),
  };
  static override examples = ['naer key backup | lp', 'naer key backup papirkopi.txt'];

  async run() {
    const { args } = await this.parse(KeyBackup);
    const ring = await readMasterKeyFile(this.keyFile);
    if (ring === null) throw new CliError('key_file_missing', { file: this.keyFile });
    // While a rotation is under way there are two keys, and both are needed to read everything.
    const keys = [...ring.keys].map(([keyId, key]) => ({ keyId, key }));
    const pages = keys
      .map((key) => renderPaperBackup({ ...key, language: language(), printedOn: today() }))
      .join('\f');
    if (args.file === undefined) this.log(pages.trimEnd());
    else {
      await writeNewFile(args.file, async () => Readable.from([Buffer.from(pages)]), { force: false });
      this.log(
        say(
          `Skrevet til ${args.file}. Udskriv den, og slet filen.`,
          `Written to ${args.file}. Print it, and delete the file.`,
        ),
      );
    }
    const lines = (key: (typeof keys)[number]) =>
      args.file === undefined ? { lines: encodePaperKey(key.keyId, key.key) } : {};
    return { file: args.file ?? null, keys: keys.map((key) => ({ keyId: key.keyId, ...lines(key) })) };
  }
}
