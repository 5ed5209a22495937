import { styleText } from 'node:util';

const barWidth = 28;

/** A bar on standard error, only where that is a terminal; it leaves nothing behind. */
export class ProgressBar {
  readonly visible = process.stderr.isTTY === true;
  readonly #label: string;
  #share = 0;
  #note = '';
  #shown = '';

  constructor(label: string) {
    this.#label = label;
  }

  /** `share` from 0 to 1, null where it is as before; it never goes back. */
  show(share: number | null, note = this.#note): void {
    if (!this.visible) return;
    this.#share = Math.max(this.#share, Math.min(1, share ?? 0));
    this.#note = note;
    const full = Math.round(this.#share * barWidth);
    const bar =
      styleText('green', '█'.repeat(full), { stream: process.stderr }) + '░'.repeat(barWidth - full);
    const line = `${this.#label} ${bar} ${String(Math.floor(this.#share * 100)).padStart(3)} %  ${this.#note}`;
    if (line === this.#shown) return;
    this.#shown = line;
    process.stderr.write(`\r\u001b[2K${line}`);
  }

  clear(): void {
    if (this.#shown !== '') process.stderr.write('\r\u001b[2K');
    this.#shown = '';
  }
}
