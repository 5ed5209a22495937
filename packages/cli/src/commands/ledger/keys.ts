import { identityRoutes } from '@naer/core/contract/identity';
import { type LedgerKey, ledgerRoutes } from '@naer/core/contract/ledger';
import { Flags } from '@oclif/core';
import { listFlags, NaerCommand, yesFlag } from '../../base-command.ts';
import { say } from '../../language.ts';
import { choice, pick } from '../../ui/choices.ts';
import { saveText } from '../../ui/downloads.ts';
import { keyColumns, outFlag } from '../../ui/ledger.ts';
import { keyPurposeWords } from '../../ui/ledger-words.ts';
import { renderTable } from '../../ui/table.ts';

export default class LedgerKeys extends NaerCommand {
  static override summary = say('De offentlige nøgler; skift en', 'The public keys; rotate one');
  static override description = say(
    'Giv nøglen til dem, der skal efterprøve loggen. Efter et skift gælder de gamle stadig for det, de underskrev; giv alle nøgler videre.',
    'Give the key to those who are to verify the log. After a rotation the old ones still hold for what they signed; hand on all keys.',
  );
  static override flags = {
    csv: listFlags.csv,
    out: {
      ...outFlag.out,
      summary: say('Skriv loggens nøgler i en ny fil', 'Write the keys of the log to a new file'),
    },
    rotate: Flags.boolean({ summary: say('Tag en ny nøgle i brug', 'Begin to use a new key') }),
    purpose: choice(keyPurposeWords, say('Hvilken nøgle (ellers log)', 'Which key (else log)')),
    ...yesFlag,
  };
  static override examples = [
    'naer ledger keys',
    'naer ledger keys --out nordby.key',
    'naer ledger keys --rotate --yes',
  ];

  async run() {
    const { flags } = await this.parse(LedgerKeys);
    const purpose = pick(keyPurposeWords, flags.purpose, '--purpose');
    if (flags.rotate) {
      await this.confirm(
        flags,
        say('SKIFT', 'ROTATE'),
        say(
          'Fra næste punkt underskrives med en ny nøgle. Alle, der efterprøver loggen, skal have den.',
          'From the next checkpoint on a new key signs. Everybody who verifies the log needs it.',
        ),
      );
      const key = await this.call(ledgerRoutes.rotateKey, { body: { purpose: purpose ?? 'log' } });
      this.log(keysText([key]));
      return [key];
    }
    const { items } = await this.call(ledgerRoutes.listKeys, {});
    const keys = items.filter((key) => purpose === undefined || key.purpose === purpose);
    if (flags.csv) this.show(flags, keys, keyColumns());
    else {
      const municipality = await this.call(identityRoutes.showMunicipality, {});
      const address = `${this.target.url}/ledger/${municipality.id}/keys`;
      this.log(keysText(keys));
      this.log(say(`\nOffentliggjort på ${address}`, `\nPublished at ${address}`));
    }
    if (flags.out !== undefined) {
      const lines = keys.filter((key) => key.purpose === (purpose ?? 'log'));
      // As the list inside an export is: whoever verifies then holds each key to its time.
      const text = lines.map(({ verifierKey, fromSize }) =>
        purpose === 'witness' ? `${verifierKey}\n` : `${verifierKey} ${fromSize}\n`,
      );
      await saveText(flags.out, text.join(''));
      this.log(say(`\nSkrevet til ${flags.out}.`, `\nWritten to ${flags.out}.`));
    }
    return keys;
  }
}

/** Never cut to the terminal: the key is there to be copied whole. */
const keysText = (keys: readonly LedgerKey[]): string =>
  keys.length === 0 ? say('Der er ingen.', 'There are none.') : renderTable(keys, keyColumns(), null);
