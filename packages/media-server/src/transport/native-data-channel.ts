import type { DataChannel as NativeDataChannel } from 'node-datachannel';
import { giveUpNative, keepNative, releaseNative } from './native-handles.ts';
import type { DataChannel } from './transport.ts';

/** More than this is never queued for one client; owners that want less look at `bufferedBytes` first. */
export const maxBufferedBytes = 8 * 1024 * 1024;

const nothing = (): void => {};

interface NativeChannelEvents {
  readonly onOpen: (channel: DataChannel) => void;
  readonly onMessage: (channel: DataChannel, bytes: Buffer) => void;
  readonly onClosed: (channel: DataChannel) => void;
}

/** A channel of the library; its native object ends with the peer connection or when the far end closes it. */
export class NativeChannel implements DataChannel {
  readonly label: string;
  readonly #native: NativeDataChannel;
  readonly #maxMessageSize: () => number;
  #opened = false;
  #closed = false;

  private constructor(native: NativeDataChannel, maxMessageSize: () => number) {
    this.label = native.getLabel();
    this.#native = native;
    this.#maxMessageSize = maxMessageSize;
  }

  /** `maxMessageSize`: bytes of one message that the far end takes. */
  static wrap(native: NativeDataChannel, maxMessageSize: () => number): NativeChannel {
    return new NativeChannel(native, maxMessageSize);
  }

  /**
   * Separate from `wrap`, so that the owner hears of the channel before it hears from it.
   *
   * @param wasOpen of one that the far end opened: it was open when the library told of it, and the library forgets that it
   *   ended where nobody listened yet
   */
  listen(events: NativeChannelEvents, wasOpen: boolean): void {
    keepNative(this.#native);
    this.#native.onClosed(() => {
      this.#closed = true;
      releaseNative(this.#native);
      events.onClosed(this);
    });
    if (wasOpen && !this.#native.isOpen()) {
      this.#closed = true;
      // The library's object keeps its last callback, which would keep the owner.
      this.#native.onClosed(nothing);
      this.#native.close();
      giveUpNative(this.#native);
      events.onClosed(this);
      return;
    }
    const opened = (): void => {
      if (this.#opened || this.#closed) return;
      this.#opened = true;
      events.onOpen(this);
    };
    this.#native.onOpen(opened);
    this.#native.onMessage((message) => {
      // The far end may speak before the library has told us that its channel is open.
      opened();
      events.onMessage(this, toBuffer(message));
    });
    if (this.#native.isOpen()) opened();
  }

  get isOpen(): boolean {
    return !this.#closed && this.#native.isOpen();
  }

  get bufferedBytes(): number {
    return this.#closed ? 0 : this.#native.bufferedAmount();
  }

  send(bytes: Uint8Array): boolean {
    if (!this.isOpen || bytes.length > this.#maxMessageSize()) return false;
    if (this.bufferedBytes + bytes.length > maxBufferedBytes) return false;
    try {
      // What it returns only tells whether the message left at once; it is sent or queued either way.
      this.#native.sendMessageBinary(bytes);
      return true;
    } catch {
      // Closed by the far end a moment ago: the callback that says so is on its way.
      return false;
    }
  }

  /** Takes nothing more: the peer's end, which is under way, ends it on a thread of the library. */
  stop(): void {
    this.#closed = true;
  }

  /** Says goodbye to the far end for this channel alone. */
  close(): void {
    if (!this.#closed) this.#native.close();
  }
}

function toBuffer(message: string | Buffer | ArrayBuffer): Buffer {
  if (typeof message === 'string') return Buffer.from(message);
  return Buffer.isBuffer(message) ? message : Buffer.from(message);
}
