import { ledgerRoutes } from '@naer/core/contract/ledger';
import type { RefusalReason } from '@naer/core/verifier';
import { Args, Flags } from '@oclif/core';
import { readLinesFile } from '../../../actions/text-files.ts';
import { bareKey, readKeys, withKeys } from '../../../actions/verifier-keys.ts';
import { readWitnessKey, updateWitnessState } from '../../../actions/witness-files.ts';
import { NaerCommand } from '../../../base-command.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { say } from '../../../language.ts';
import { saveText } from '../../../ui/downloads.ts';
import { entriesText, outFlag } from '../../../ui/ledger.ts';
import { findingWords } from '../../../ui/ledger-words.ts';
import { word } from '../../../ui/words.ts';

export default class LedgerWitnessCosign extends NaerCommand {
  static override summary = say(
    'Som vidne: medunderskriv en anden log',
    "As witness: cosign somebody else's log",
  );
  static override description = say(
    'Med --with underskriver din egen nøglefil her på maskinen, uden tjeneste; filen --state husker, hvad du har set, og skal gemmes. Ellers underskriver kommunens vidne. Der underskrives kun, når loggen fortsætter det, vidnet så sidst.',
    'With --with your own key file signs on this machine, without a service; the file --state remembers what you have seen and is to be kept. Else the witness of the municipality signs. It signs only if the log extends what the witness last saw.',
  );
  static override args = {
    request: Args.string({
      required: true,
      description: say('Anmodningen; - er standard-input', 'The request; - is standard input'),
    }),
  };
  static override flags = {
    'log-key': Flags.string({
      summary: say('Loggens offentlige nøgle', 'The public key of the log'),
      helpValue: say('NØGLE', 'KEY'),
      exactlyOne: ['log-key', 'log-key-file'],
    }),
    'log-key-file': Flags.string({
      summary: say('En fil med den', 'A file that holds it'),
      helpValue: say('FIL', 'FILE'),
    }),
    with: Flags.string({
      summary: say('Din egen nøglefil', 'Your own key file'),
      helpValue: say('FIL', 'FILE'),
    }),
    state: Flags.string({
      summary: say(
        'Hvad vidnet har set (ellers ved siden af nøglen)',
        'What the witness has seen (else beside the key)',
      ),
      helpValue: say('FIL', 'FILE'),
      dependsOn: ['with'],
    }),
    ...outFlag,
  };
  static override examples = [
    'naer ledger witness cosign anmodning.txt --log-key-file nordby.key --with vidne.key --out svar.txt',
    'naer ledger witness cosign anmodning.txt --log-key-file sydby.key',
  ];

  async run() {
    const { args, flags } = await this.parse(LedgerWitnessCosign);
    const request = await readLinesFile(args.request);
    const logKey = flags['log-key'];
    const logKeyFile = flags['log-key-file'];
    // The last of several is the one that signs now.
    const keys = await readKeys({
      key: logKey === undefined ? [] : [logKey],
      'key-file': logKeyFile === undefined ? [] : [logKeyFile],
    });
    const verifierKey = bareKey(keys.at(-1) ?? '');
    const cosigned =
      flags.with === undefined
        ? await this.call(ledgerRoutes.cosign, { body: { request, verifierKey } })
        : await this.#sign(request, verifierKey, flags.with, flags.state ?? `${flags.with}.seen`);
    if (flags.out === undefined) this.log(cosigned.signature.trimEnd());
    else {
      await saveText(flags.out, cosigned.signature);
      this.log(
        say(
          `Skrevet til ${flags.out}. Send den tilbage til den, der bad om den.`,
          `Written to ${flags.out}. Send it back to whoever asked for it.`,
        ),
      );
    }
    return cosigned;
  }

  async #sign(request: string, verifierKey: string, keyFile: string, stateFile: string) {
    const { cosignRequest, createWitnessSigner, parseVerifierKey } = await import('@naer/core/verifier');
    const { name, seed } = await readWitnessKey(keyFile);
    const signer = createWitnessSigner(name, seed);
    const log = await withKeys(async () => parseVerifierKey(verifierKey));
    const at = new Date();
    const result = await updateWitnessState(stateFile, log.name, (state) => {
      const answer = cosignRequest({ request, verifierKey, signer, state, at });
      return { state: answer.cosigned ? answer.state : null, result: answer };
    });
    if (!result.cosigned)
      throw new CliError('witness_refuses', {
        why: reasonText(result.reason, result.seen),
        next: nextText(result.reason, result.seen),
      });
    const { origin, size } = result.state;
    return { origin, size: size.toString(), signature: result.signature, cosignedAt: at.toISOString() };
  }
}

function reasonText(reason: RefusalReason, seen: bigint): string {
  switch (reason) {
    case 'other-size':
      return say(
        'anmodningen begynder et andet sted end det, det sidst så',
        'the request begins elsewhere than what it last saw',
      );
    case 'smaller':
      return say(
        `det har allerede set loggen med ${entriesText(seen)}, og en log bliver ikke mindre`,
        `it has already seen the log with ${entriesText(seen)}, and a log does not shrink`,
      );
    case 'unreadable':
      return say('filen er ikke en anmodning til et vidne', 'the file is no request to a witness');
    default:
      return word(findingWords, reason);
  }
}

function nextText(reason: RefusalReason, seen: bigint): string {
  switch (reason) {
    case 'other-size':
      return say(
        `Bed om en fra ${seen}: »naer ledger witness ask --from ${seen}«.`,
        `Ask for one from ${seen}: "naer ledger witness ask --from ${seen}".`,
      );
    case 'smaller':
      return say(
        'Er det en gammel anmodning, så bed om en ny. Er den ny, er loggen sat tilbage: gem filen som bevis.',
        'If it is an old request, ask for a new one. If it is new, the log was set back: keep the file as evidence.',
      );
    case 'unreadable':
      return say(
        'Bed om en ny fra »naer ledger witness ask«.',
        'Ask for a new one from "naer ledger witness ask".',
      );
    case 'wrong-key':
      return say(
        'Er loggens nøgle skiftet, så få den nye fra kommunen selv. Ellers gem filen som bevis.',
        'If the key of the log was rotated, get the new one from the municipality itself. Else keep the file as evidence.',
      );
    default:
      return say(
        'Gem filen som bevis, og tal med den kommune, den kommer fra.',
        'Keep the file as evidence, and talk to the municipality that it comes from.',
      );
  }
}
