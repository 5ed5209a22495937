import { fileRefusalWords } from '../../../contract/call-words.ts';
import type { FileRefusal } from '../../../contract/index.ts';
import { DomainError } from '../../../kernel/errors.ts';

/** `file_not_usable`, with the reason for the page (`kind`) and in words. */
export function fileRefusal(kind: FileRefusal): DomainError {
  const [da, en] = fileRefusalWords[kind];
  return new DomainError('file_not_usable', { kind, why_da: da, why_en: en });
}
