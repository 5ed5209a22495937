import { ledgerRoutes } from '@naer/core/contract/ledger';
import { NaerCommand } from '../../base-command.ts';
import { counted, say } from '../../language.ts';
import { entriesText, findingLines } from '../../ui/ledger.ts';

export default class LedgerFsck extends NaerCommand {
  static override summary = say(
    'Byg loggen op fra posterne og sammenlign',
    'Rebuild the log from its entries and compare',
  );
  static override description = say(
    'Tjenesten gør det selv, før officielle tal gives ud. Den, der ikke stoler på tjenesten, bruger »naer ledger export« og »naer ledger verify«.',
    'The service does it by itself before official figures are given out. Who does not trust the service uses "naer ledger export" and "naer ledger verify".',
  );
  static override examples = ['naer ledger fsck'];

  async run() {
    await this.parse(LedgerFsck);
    const check = await this.call(ledgerRoutes.check, {});
    const entries = entriesText(check.size);
    if (check.sound) {
      this.log(
        say(
          `Loggen er hel: ${entries} passer med træet og med alt, der er underskrevet.`,
          `The log is sound: ${entries} agree with the tree and with all that was signed.`,
        ),
      );
      return check;
    }
    const found = counted(check.findings.length, ['fund', 'fund'], ['finding', 'findings']);
    this.log(
      say(
        `Loggen passer ikke med sig selv: ${found} i ${entries}. Officielle tal gives ikke ud.`,
        `The log does not agree with itself: ${found} in ${entries}. No official figures are given out.`,
      ),
    );
    this.log(findingLines(check.findings).join('\n'));
    this.negative();
    return check;
  }
}
