import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline as joined, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DomainError } from '../../kernel/errors.ts';
import type { TableSource } from '../../tabular/source.ts';

/** A file that was received or is to be sent, on disk but unreadable: its key is only in memory. */
export interface Spooled {
  readonly source: TableSource;
  dispose(): Promise<void>;
}

export interface Spool {
  /** @throws DomainError payload_too_large; nothing is left on disk then */
  keep(bytes: AsyncIterable<Uint8Array | string>): Promise<Spooled>;
}

const limitBytes = 64_000_000;

/**
 * Files lie between network and transaction: no transaction waits for somebody's connection, and memory stays flat. They
 * hold names, so they are encrypted (AES-256-CTR) with a key that dies with the process.
 */
export async function createSpool(folder: string): Promise<Spool> {
  // What a killed process left behind can be read by nobody, and is only in the way.
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    keep: async (bytes) => {
      const file = path.join(folder, randomUUID());
      const [key, iv] = [randomBytes(32), randomBytes(16)];
      const dispose = () => rm(file, { force: true });
      try {
        await pipeline(
          withinLimit(bytes),
          createCipheriv('aes-256-ctr', key, iv),
          createWriteStream(file, { flags: 'wx', mode: 0o600 }),
        );
      } catch (error) {
        await dispose();
        throw error;
      }
      return { source: () => decrypted(file, key, iv), dispose };
    },
  };
}

/** Closes the file whichever end breaks: a reader that leaves early, or a file that is gone. */
function decrypted(file: string, key: Uint8Array, iv: Uint8Array): Readable {
  const clear = createDecipheriv('aes-256-ctr', key, iv);
  // Whoever reads meets the error there; that it is heard here keeps it from ending the process.
  joined(createReadStream(file), clear, () => undefined);
  return clear;
}

async function* withinLimit(bytes: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  let received = 0;
  for await (const piece of bytes) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece;
    received += chunk.length;
    if (received > limitBytes) throw new DomainError('payload_too_large', { limit: '64 MB' });
    yield chunk;
  }
}
