import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { statusOf } from '../http/problems.ts';
import { errorTexts, kindNames } from './error-texts.ts';
import { DomainError, describeError, type ErrorCode } from './errors.ts';

const source = path.join(import.meta.dirname, '..');
const codes = Object.keys(errorTexts) as ErrorCode[];

const placeholdersOf = (code: ErrorCode): Set<string> => {
  const { da, en } = errorTexts[code];
  return new Set(
    [da.what, da.next, en.what, en.next].flatMap((text) =>
      [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''),
    ),
  );
};

/** The text between the bracket at `start` and the one that closes it; strings and templates are stepped over. */
function bracketed(text: string, start: number): string {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const char = text[at] ?? '';
    if (`'"\``.includes(char)) {
      for (at += 1; at < text.length && text[at] !== char; at += 1) if (text[at] === '\\') at += 1;
    } else if ('({['.includes(char)) depth += 1;
    else if (')}]'.includes(char)) {
      depth -= 1;
      if (depth === 0) return text.slice(start, at + 1);
    }
  }
  throw new Error('a bracket is not closed');
}

/** The keys of an object literal, or null where it is not one that can be read without running it. */
function keysOf(literal: string): Set<string> | null {
  const inner = literal.slice(1, -1).trim();
  if (inner.includes('...')) return null;
  const keys = new Set<string>();
  let rest = inner;
  while (rest !== '') {
    const key = /^(\w+)\s*([:,]|$)/.exec(rest);
    if (key === null) return null;
    keys.add(key[1] ?? '');
    rest = rest.slice(key[0].length);
    if (key[2] === ':') {
      let at = 0;
      while (at < rest.length && rest[at] !== ',') {
        const char = rest[at] ?? '';
        if ('({['.includes(char)) at += bracketed(rest, at).length;
        else if (`'"\``.includes(char))
          at +=
            bracketed(`(${rest.slice(at)}`.replace(/^\(((['"`])(?:\\.|(?!\2).)*\2)[\s\S]*$/, '($1)'), 0)
              .length - 2;
        else at += 1;
      }
      rest = rest.slice(at + 1);
    }
    rest = rest.trim();
  }
  return keys;
}

interface Throw {
  readonly file: string;
  readonly code: ErrorCode;
  /** Null: made at run time, which this test cannot see. */
  readonly keys: Set<string> | null;
}

function findThrows(): Throw[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.includes('generated'),
  );
  return files.flatMap((file) => {
    const text = readFileSync(path.join(source, file), 'utf8');
    return [...text.matchAll(/new DomainError\(\s*'(\w+)'\s*(,\s*)?/g)].map((match) => {
      const code = match[1] as ErrorCode;
      const after = match.index + match[0].length;
      if (match[2] === undefined || text[after] === ')') return { file, code, keys: new Set<string>() };
      return { file, code, keys: text[after] === '{' ? keysOf(bracketed(text, after)) : null };
    });
  });
}

describe('the table of errors', () => {
  it.each(codes)('says what happened and what to do next in both languages: %s', (code) => {
    const { da, en } = errorTexts[code];
    for (const text of [da.what, da.next, en.what, en.next]) {
      expect(text.length).toBeGreaterThan(3);
      expect(text).toMatch(/([.!]|\}|http\S+)$/);
    }
    expect(da.what).not.toBe(en.what);
    expect(statusOf[code]).toBeGreaterThanOrEqual(400);
  });

  it('speaks of the same in both languages', () => {
    const names = (texts: { what: string; next: string }, language: string) =>
      [...`${texts.what} ${texts.next}`.matchAll(/\{(\w+)\}/g)]
        .map((match) => (match[1] ?? '').replace(new RegExp(`_${language}$`), ''))
        .sort();
    for (const code of codes)
      expect([code, names(errorTexts[code].da, 'da')]).toEqual([code, names(errorTexts[code].en, 'en')]);
  });

  it('is given everything its sentences name, wherever an error is thrown', () => {
    const thrown = findThrows();
    expect(thrown.length).toBeGreaterThan(60);
    const lacking = thrown.flatMap(({ file, code, keys }) =>
      keys === null
        ? []
        : [...placeholdersOf(code)]
            .filter((name) => !keys.has(name))
            .map((name) => `${file}: ${code} lacks ${name}`),
    );
    expect(lacking).toEqual([]);
    // Most can be read; if they could no longer be, this test would prove nothing.
    expect(thrown.filter(({ keys }) => keys !== null).length / thrown.length).toBeGreaterThan(0.8);
  });

  it('holds no error that nothing throws', () => {
    const text = readdirSync(source, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !/error-texts|problems\.ts|test|generated/.test(file))
      .map((file) => readFileSync(path.join(source, file), 'utf8'))
      .join('\n');
    const problems = readFileSync(path.join(source, 'http/problems.ts'), 'utf8').replace(
      /export const statusOf[\s\S]*?satisfies/,
      '',
    );
    expect(codes.filter((code) => !`${text}\n${problems}`.includes(`'${code}'`))).toEqual([]);
  });

  it('fills what it is given once, whatever stands in it', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const { what } = describeError('already_exists', { kind: 'team', name }, 'en');
        expect(what).toBe(`That team already exists: ${name}.`);
      }),
    );
    expect(describeError('not_found', { kind: 'team {name}', name: 'x' }, 'en').what).toBe(
      'No such team {name}.',
    );
  });

  it('names every kind of thing in both languages', () => {
    for (const [kind, { da, en }] of Object.entries(kindNames)) {
      expect(describeError('not_found', { kind }, 'en').what).toBe(`No such ${en}.`);
      expect(describeError('not_found', { kind: `${kind} X1` }, 'da').what.toLowerCase()).toBe(
        `${da} x1 findes ikke.`,
      );
    }
    const unnamed = findThrows().filter(({ code }) => code === 'not_found' || code === 'already_exists');
    expect(unnamed.length).toBeGreaterThan(5);
    expect(new DomainError('not_found', { kind: 'staff BM13' }).message).toBe(
      'No such member of staff BM13.',
    );
  });
});
