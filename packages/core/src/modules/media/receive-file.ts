import type { Readable } from 'node:stream';
import { DomainError } from '../../kernel/errors.ts';

/**
 * A file as a whole. What goes beyond the limit is dropped as it comes, not cut off: a client whose connection breaks while
 * it still sends would never read the answer.
 *
 * @throws DomainError payload_too_large; invalid_input where the client went before the end
 */
export function receiveFile(bytes: Readable, mostBytes: number): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const pieces: Buffer[] = [];
  let length = 0;
  bytes.on('data', (piece: Buffer) => {
    length += piece.length;
    if (length <= mostBytes) pieces.push(piece);
    else pieces.length = 0;
  });
  bytes.once('end', () => {
    if (length > mostBytes)
      reject(new DomainError('payload_too_large', { limit: `${mostBytes / 1024 / 1024} MB` }));
    else resolve(Buffer.concat(pieces));
  });
  const cut = (): void =>
    reject(
      new DomainError(
        'invalid_input',
        {},
        { details: { fields: [{ in: 'body', field: '', message: 'ended before its end' }] } },
      ),
    );
  bytes.once('error', cut);
  bytes.once('close', cut);
  return promise;
}
