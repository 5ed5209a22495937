import { DomainError } from '@naer/core/contract/errors';
import { ledgerRoutes } from '@naer/core/contract/ledger';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { saveText } from '../../ui/downloads.ts';
import { headCard, outFlag } from '../../ui/ledger.ts';

export default class LedgerHead extends NaerCommand {
  static override summary = say('Det seneste underskrevne punkt', 'The latest signed checkpoint');
  static override description = say(
    'Gem det med --out et sted uden for Nær. Så kan »naer ledger verify --against« senere vise, om historien er skrevet om.',
    'Keep it with --out somewhere outside Nær. Then "naer ledger verify --against" shows later whether history was rewritten.',
  );
  static override flags = {
    out: { ...outFlag.out, summary: say('Gem punktet i en ny fil', 'Keep the checkpoint in a new file') },
  };
  static override examples = ['naer ledger head', 'naer ledger head --out checkpoint-2026-11'];

  async run() {
    const { flags } = await this.parse(LedgerHead);
    const head = await this.call(ledgerRoutes.head, {});
    if (flags.out !== undefined) {
      if (head.checkpoint === null) throw new DomainError('ledger_empty');
      await saveText(flags.out, head.checkpoint.note);
    }
    this.log(headCard(head));
    if (flags.out !== undefined) this.log(`\n${say('Gemt i', 'Kept in')} ${flags.out}.`);
    return head;
  }
}
