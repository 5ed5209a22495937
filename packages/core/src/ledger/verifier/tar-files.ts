import { parseTarHeader, tarBlock, tarEnd, tarPadding } from '../format/tar.ts';

/** What a file is told to begin with: its name and length, the end of them all, or bytes that are no tar of ours. */
export type NextFile =
  | { readonly kind: 'file'; readonly name: string; readonly length: number }
  | { readonly kind: 'end'; readonly tidy: boolean }
  | { readonly kind: 'truncated' | 'unreadable' };

/** Walks through a tar as it streams by, holding one file of it at a time. */
export class TarFiles {
  readonly #source: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array();
  #at = 0;
  #content = Buffer.alloc(1 << 17);
  readonly #block = Buffer.alloc(tarBlock);

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async next(): Promise<NextFile> {
    const read = await this.#fill(this.#block, tarBlock);
    if (read < tarBlock) return { kind: 'truncated' };
    const header = parseTarHeader(this.#block);
    if (header !== null) return { kind: 'file', ...header };
    if (!isZero(this.#block)) return { kind: 'unreadable' };
    const rest = await this.#fill(this.#block, tarEnd.length - tarBlock);
    if (rest < tarEnd.length - tarBlock) return { kind: 'truncated' };
    if (!isZero(this.#block)) return { kind: 'unreadable' };
    return { kind: 'end', tidy: (await this.#fill(this.#block, 1)) === 0 };
  }

  /**
   * What the file holds; null when the tar ends within it. Only safe until the next call: the bytes lie in one buffer for all
   * files, which whoever reads may change.
   */
  async content(length: number): Promise<{ readonly bytes: Buffer; readonly tidy: boolean } | null> {
    if (this.#content.length < length) this.#content = Buffer.alloc(length);
    if ((await this.#fill(this.#content, length)) < length) return null;
    const padding = tarPadding(length);
    if ((await this.#fill(this.#block, padding)) < padding) return null;
    return { bytes: this.#content.subarray(0, length), tidy: isZero(this.#block.subarray(0, padding)) };
  }

  /** Passes over a file; false when the tar ends within it. */
  async skip(length: number): Promise<boolean> {
    for (let left = length + tarPadding(length); left > 0; ) {
      const part = Math.min(left, this.#content.length);
      if ((await this.#fill(this.#content, part)) < part) return false;
      left -= part;
    }
    return true;
  }

  async close(): Promise<void> {
    await this.#source.return?.();
  }

  async #fill(target: Buffer, length: number): Promise<number> {
    let filled = 0;
    while (filled < length) {
      if (this.#at === this.#chunk.length) {
        const next = await this.#source.next();
        if (next.done === true) return filled;
        this.#chunk = next.value;
        this.#at = 0;
      }
      const part = this.#chunk.subarray(this.#at, this.#at + length - filled);
      target.set(part, filled);
      filled += part.length;
      this.#at += part.length;
    }
    return filled;
  }
}

const isZero = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0);
