import { resolve } from 'node:path';
import { NaerCommand } from './base-command.ts';

/** Commands that work on the key file of this machine, also while the service cannot start. */
export abstract class KeyCommand extends NaerCommand {
  /** `NAER_MASTER_KEY_FILE`, else `keys/master.json` under `NAER_HOME`: the same rule as the service's. */
  protected get keyFile(): string {
    const named = process.env.NAER_MASTER_KEY_FILE;
    return named ? resolve(this.checkout, named) : resolve(this.home, 'keys', 'master.json');
  }
}
