import { Args, Flags } from '@oclif/core';
import { formatWitnessKey, readWitnessKey } from '../../../actions/witness-files.ts';
import { NaerCommand } from '../../../base-command.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { say } from '../../../language.ts';
import { saveText } from '../../../ui/downloads.ts';

export default class LedgerWitnessKey extends NaerCommand {
  static override summary = say(
    'Et vidnes egen nøgle på denne maskine',
    "A witness's own key on this machine",
  );
  static override description = say(
    'Til en revisor, der er vidne uden selv at køre Nær: uden tjeneste og uden login. Filen kan kun du læse; den offentlige nøgle er til kommunen.',
    'For an auditor who witnesses without running Nær: without service or login. Only you can read the file; the public key is for the municipality.',
  );
  static override args = {
    name: Args.string({
      description: say('Nyt navn, fx revision.example/w1', 'A new name, such as audit.example/w1'),
    }),
  };
  static override flags = {
    out: Flags.string({
      summary: say('Ny fil til nøglen', 'The new file for the key'),
      helpValue: say('FIL', 'FILE'),
    }),
    of: Flags.string({
      summary: say('Vis den offentlige nøgle af denne fil', 'Show the public key of this file'),
      helpValue: say('FIL', 'FILE'),
      exclusive: ['out'],
    }),
  };
  static override examples = [
    'naer ledger witness key revision.example/w1 --out vidne.key',
    'naer ledger witness key --of vidne.key',
  ];

  async run() {
    const { args, flags } = await this.parse(LedgerWitnessKey);
    if (flags.of !== undefined) {
      const { name, seed } = await readWitnessKey(flags.of);
      const { createWitnessSigner } = await import('@naer/core/verifier');
      return this.#tell(createWitnessSigner(name, seed).verifier.verifierKey, flags.of);
    }
    const { name } = args;
    if (name === undefined || flags.out === undefined)
      throw new CliError('usage', {
        what: say('Skriv et navn og --out, eller --of.', 'Write a name and --out, or --of.'),
        command: 'ledger witness key',
      });
    if (!/^[^\s+]+$/u.test(name)) throw new CliError('key_name_invalid', { name });
    const { createWitnessSigner, makeSeed } = await import('@naer/core/verifier');
    const seed = makeSeed();
    const { verifier } = createWitnessSigner(name, seed);
    await saveText(flags.out, formatWitnessKey({ name, seed }, verifier.keyId));
    return this.#tell(verifier.verifierKey, flags.out);
  }

  #tell(verifierKey: string, file: string) {
    this.log(verifierKey);
    return { file, verifierKey };
  }
}
