import { Args, Flags } from '@oclif/core';
import { readLinesFile } from '../../actions/text-files.ts';
import { readKeys } from '../../actions/verifier-keys.ts';
import { isProof, verifyAgainst, verifyExportFile, verifyProof } from '../../actions/verify-ledger.ts';
import { NaerCommand } from '../../base-command.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { keyFlags } from '../../ui/ledger.ts';
import { type Verdict, verdictLines } from '../../ui/verdicts.ts';

export default class LedgerVerify extends NaerCommand {
  static override summary = say(
    'Efterprøv en eksport, et bevis eller historien',
    'Verify an export, a proof, or the history',
  );
  static override description = say(
    'En fil efterprøves her på maskinen, uden tjeneste og uden login: kun nøglen skal du stole på. Uden fil spørges tjenesten om et bevis for, at loggen i dag fortsætter det punkt, du har gemt (--against). Et bevis for en post skal have posten selv (--entry) eller dens hash.',
    'A file is verified on this machine, without service or login: the key is all you have to trust. Without a file the service is asked to prove that the log of today extends the checkpoint you kept (--against). A proof of an entry needs the entry itself (--entry) or its hash.',
  );
  static override args = {
    file: Args.string({
      description: say('Eksport eller bevis; - er standard-input', 'Export or proof; - is standard input'),
    }),
  };
  static override flags = {
    ...keyFlags,
    against: Flags.string({
      summary: say('Et punkt, du har gemt', 'A checkpoint that you kept'),
      helpValue: say('FIL', 'FILE'),
    }),
    entry: Flags.string({
      summary: say('Posten, som beviset gælder', 'The entry that the proof is of'),
      helpValue: say('FIL', 'FILE'),
      exclusive: ['leaf-hash', 'against'],
    }),
    'leaf-hash': Flags.string({
      summary: say('Eller dens hash, i base 64', 'Or its hash, in base 64'),
      helpValue: 'HASH',
      exclusive: ['against'],
    }),
  };
  static override examples = [
    'naer ledger verify log.tar --key-file nordby.key',
    'naer ledger verify log.tar --key-file nordby.key --against checkpoint-2026-11',
    'naer ledger verify --against checkpoint-2026-11 --key-file nordby.key',
    'naer ledger verify 1042.tlog-proof --entry post.json --key-file nordby.key',
  ];

  async run(): Promise<Verdict> {
    const { args, flags } = await this.parse(LedgerVerify);
    const keys = await readKeys(flags);
    const verdict = await this.#verdict(args.file, flags, keys);
    this.log(verdictLines(verdict).join('\n'));
    if (!verdict.sound) this.negative();
    return verdict;
  }

  async #verdict(
    file: string | undefined,
    flags: {
      readonly [flag in 'against' | 'entry' | 'leaf-hash']?: string | undefined;
    },
    keys: readonly string[],
  ): Promise<Verdict> {
    const kept = flags.against === undefined ? undefined : await readLinesFile(flags.against);
    if (flags.entry !== undefined || flags['leaf-hash'] !== undefined) {
      if (file === undefined) throw this.#needed(say('beviset', 'the proof'));
      return verifyProof(file, { entry: flags.entry, leafHash: flags['leaf-hash'] }, keys);
    }
    if (file !== undefined && (await isProof(file)))
      throw this.#needed(
        say(
          'posten, som beviset gælder (--entry eller --leaf-hash)',
          'the entry that it proves (--entry or --leaf-hash)',
        ),
      );
    if (file !== undefined) return verifyExportFile(file, keys, kept);
    if (kept === undefined) throw this.#needed(say('filen', 'the file'));
    return verifyAgainst(kept, keys, (route, input) => this.call(route, input));
  }

  #needed = (what: string): CliError =>
    new CliError('usage', {
      what: say(`Der mangler noget: ${what}.`, `Something is missing: ${what}.`),
      command: 'ledger verify',
    });
}
