import { describe, expect, it } from 'vitest';
import { kindOf } from './prepare.ts';

const bytes = (text: string) => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

describe('what somebody chooses for a plan', () => {
  it.each([
    ['%PDF-1.7 ...', 'pdf'],
    ['\r\n%PDF-1.4', 'pdf'],
    ['PK\u0003\u0004[Content_Types].xml', 'office'],
    ['\u00d0\u00cf\u0011\u00e0\u00a1\u00b1', 'office'],
    ['{\\rtf1', 'office'],
    ['\0\0\0\u0018ftypheic', 'heic'],
    ['\u00ff\u00d8\u00ff\u00e1', 'unknown'],
    ['Mandag', 'unknown'],
    ['', 'unknown'],
  ])('is known by its first bytes: %j', (head, kind) => expect(kindOf(bytes(head))).toBe(kind));
});
