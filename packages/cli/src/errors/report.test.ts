import { ApiError, Unreachable } from '@naer/core/client';
import { afterEach, describe, expect, it } from 'vitest';
import { useLanguage } from '../language.ts';
import { CliError, cliErrorTexts } from './cli-error.ts';
import { exitCodes, exitMeanings } from './exit-codes.ts';
import { describeFailure } from './report.ts';

afterEach(() => useLanguage('da'));

const problem = {
  type: '',
  title: '',
  status: 409,
  detail: '',
  code: 'room_taken',
  next: '',
  requestId: 'r7',
  params: {},
  details: { alternatives: [] },
};

describe('what went wrong', () => {
  it('is told in two sentences, with the number of the request', () => {
    expect(describeFailure(new ApiError('room_taken', problem), 'rooms book')).toEqual({
      code: 'room_taken',
      message: 'Rummet er optaget på det tidspunkt.',
      next: 'Vælg et af forslagene, eller et andet tidspunkt.',
      exit: 5,
      params: {},
      details: { alternatives: [] },
      requestId: 'r7',
    });
  });

  it('is told in English to those who read that', () => {
    useLanguage('en');
    expect(describeFailure(new Unreachable('http://x', null), '')).toMatchObject({
      code: 'unreachable',
      message: 'Nær does not answer at http://x.',
      exit: 4,
    });
  });

  it('is a bug of ours when nobody foresaw it, and says nothing of its inside', () => {
    const failure = describeFailure(new TypeError('secret of Lærke Krogh'), '');
    expect(failure).toMatchObject({ code: 'bug', exit: 70 });
    expect(JSON.stringify(failure)).not.toContain('Lærke');
  });

  it('is 130 after Ctrl-C', () => expect(describeFailure(new CliError('interrupted'), '').exit).toBe(130));
});

describe('the table of exit codes', () => {
  it('explains every code that it uses', () => {
    const meanings = exitMeanings();
    for (const exit of Object.values(exitCodes)) expect(meanings[exit]).toBeTruthy();
  });

  it('fills every gap in its sentences from params of the same name, in both languages', () => {
    const gaps = (sentences: readonly string[]) =>
      [...new Set(sentences.join(' ').match(/\{\w+\}/g) ?? [])].sort();
    for (const [code, text] of Object.entries(cliErrorTexts))
      expect(gaps(text.da), code).toEqual(gaps(text.en));
  });
});
