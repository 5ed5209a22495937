import { describe, expect, it } from 'vitest';
import { chooseLanguage } from './language.ts';

describe('the language', () => {
  it('is Danish when nothing is said', () => expect(chooseLanguage([], {})).toBe('da'));

  it.each(['C', 'POSIX', 'C.UTF-8', 'de_DE.UTF-8', 'da_DK.UTF-8', '', 'english'])(
    'is Danish for LANG=%s',
    (LANG) => {
      expect(chooseLanguage([], { LANG })).toBe('da');
    },
  );

  it.each(['en', 'en_US.UTF-8', 'en_GB', 'EN', 'en-US'])('is English for LANG=%s', (LANG) => {
    expect(chooseLanguage([], { LANG })).toBe('en');
  });

  it('listens to LC_ALL before LANG, and not to an empty one', () => {
    expect(chooseLanguage([], { LC_ALL: 'da_DK', LANG: 'en_US' })).toBe('da');
    expect(chooseLanguage([], { LC_ALL: '', LANG: 'en_US' })).toBe('en');
  });

  it('is what --lang says, whatever the shell says and wherever it stands', () => {
    expect(chooseLanguage(['--lang', 'en', 'staff', 'list'], { LANG: 'da_DK' })).toBe('en');
    expect(chooseLanguage(['staff', 'list', '--lang=da'], { LANG: 'en_US' })).toBe('da');
  });

  it('does not look behind --', () =>
    expect(chooseLanguage(['team', 'add', '--', '--lang', 'en'], {})).toBe('da'));
});
