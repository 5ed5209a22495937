import type { DataChannel } from '../../transport/transport.ts';

export type DataKind = 'reliable' | 'lossy';

/** What may wait for a subscriber that does not read, before its link is given up. */
export const maxQueuedBytes = 8 * 1024 * 1024;
/** Lossy data behind this many bytes is worth nothing on slow networks: they hold a quarter of a second of four megabits. */
const maxLossyBufferedBytes = 128 * 1024;

export const dataLabels = { reliable: '_reliable', lossy: '_lossy' } as const;

/** Null for channels of other names, which mean nothing here. */
export function dataKindOf(label: string): DataKind | null {
  if (label === dataLabels.reliable) return 'reliable';
  return label === dataLabels.lossy ? 'lossy' : null;
}

/** The channels over which data goes to one participant, with what waits until they take more. */
export class DataLanes {
  readonly #channels: Record<DataKind, DataChannel | null> = { reliable: null, lossy: null };
  #queue: Uint8Array[] = [];
  #queuedBytes = 0;

  /** Takes the channel for sending; one that comes later under the same name takes its place. */
  add(channel: DataChannel): void {
    const kind = dataKindOf(channel.label);
    if (kind !== null) this.#channels[kind] = channel;
  }

  /** False where the channel is not open or, lossy, too full. Throws where a reliable one is not read at all. */
  send(kind: DataKind, bytes: Uint8Array): boolean {
    const channel = this.#channels[kind];
    if (channel === null || !channel.isOpen) return false;
    if (kind === 'lossy') return channel.bufferedBytes < maxLossyBufferedBytes && channel.send(bytes);
    if (this.#queue.length === 0 && channel.send(bytes)) return true;
    if (this.#queuedBytes + bytes.length > maxQueuedBytes) throw new DataUnreadError();
    this.#queue.push(bytes);
    this.#queuedBytes += bytes.length;
    return true;
  }

  /** Sends what waited, as far as the channel takes it. */
  flush(): void {
    if (this.#queue.length === 0) return;
    const channel = this.#channels.reliable;
    if (channel === null || !channel.isOpen) return;
    let sent = 0;
    for (const bytes of this.#queue) {
      if (!channel.send(bytes)) break;
      this.#queuedBytes -= bytes.length;
      sent++;
    }
    this.#queue = this.#queue.slice(sent);
  }

  close(): void {
    this.#channels.reliable = null;
    this.#channels.lossy = null;
    this.#queue = [];
    this.#queuedBytes = 0;
  }
}

/** The participant does not read its reliable data: keeping more for it would be without end. */
export class DataUnreadError extends Error {
  constructor() {
    super('reliable data is not read');
    this.name = 'DataUnreadError';
  }
}
