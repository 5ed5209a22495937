import { DomainError } from '../../kernel/errors.ts';
import { runLedgerCheck } from '../../ledger/index.ts';

type CheckDeps = Parameters<typeof runLedgerCheck>[0];

/** A log that does not agree with itself: told as an error, so that whoever watches the service hears of it. */
export class LedgerBroken extends Error {
  constructor(what: string) {
    super(what);
    this.name = 'LedgerBroken';
  }
}

/**
 * What the night does to each municipality's log: the whole check, kept and told of as when somebody asks for it. A log that has
 * nothing signed yet is sound.
 *
 * @throws LedgerBroken with the first finding
 */
export async function checkLedgerByNight(deps: CheckDeps, municipalityId: string): Promise<void> {
  try {
    const { sound, findings, size } = await runLedgerCheck(deps, municipalityId);
    const [first] = findings;
    if (!sound)
      throw new LedgerBroken(
        `the log of ${size} entries is broken: ${first?.kind ?? ''} at ${first?.index ?? first?.where ?? ''}`,
      );
  } catch (error) {
    if (!(error instanceof DomainError) || error.code !== 'ledger_empty') throw error;
  }
}
