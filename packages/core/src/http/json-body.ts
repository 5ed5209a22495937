import type { FastifyInstance } from 'fastify';
import { DomainError } from '../kernel/errors.ts';

/**
 * JSON is taken only where it means one thing to every reader: bytes that are UTF-8 (RFC 8259, section 8.1) and no name twice
 * in an object (section 4). Otherwise a letter would be lost, or one of two values, and nobody told.
 */
export function takeStrictJson(app: FastifyInstance): void {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const parse = app.getDefaultJsonParser('error', 'error');
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser<Buffer>('application/json', { parseAs: 'buffer' }, (request, bytes, done) => {
    let text: string;
    try {
      text = utf8.decode(bytes);
    } catch {
      return done(refusal('is not UTF-8'));
    }
    return parse(request, text, (error, body) =>
      error === null && hasRepeatedName(text, body)
        ? done(refusal('names a field twice'))
        : done(error, body),
    );
  });
}

const refusal = (message: string): DomainError =>
  new DomainError('invalid_input', {}, { details: { fields: [{ in: 'body', field: '', message }] } });

/** A text of JSON before a colon is a name; if more were written than are there, one overwrote another. */
function hasRepeatedName(text: string, body: unknown): boolean {
  let written = 0;
  for (const [, colon] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?/g))
    if (colon !== undefined) written += 1;
  const open: unknown[] = [body];
  for (let value = open.pop(); value !== undefined || open.length > 0; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    if (!Array.isArray(value)) written -= Object.keys(value).length;
    for (const inner of Object.values(value)) open.push(inner);
  }
  return written > 0;
}
