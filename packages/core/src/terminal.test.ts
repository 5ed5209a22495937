import { describe, expect, it } from 'vitest';
import { languageOfTerminal } from './terminal.ts';

describe('the language of the terminal', () => {
  it.each([
    [{}, 'da'],
    [{ LANG: 'C.UTF-8' }, 'da'],
    [{ LANG: 'da_DK.UTF-8' }, 'da'],
    [{ LANG: 'en_GB.UTF-8' }, 'en'],
    [{ LANG: 'en_GB.UTF-8', LC_ALL: '' }, 'en'],
    [{ LANG: 'en_GB.UTF-8', LC_MESSAGES: 'da_DK' }, 'da'],
    [{ LANG: 'da_DK.UTF-8', LC_ALL: 'en_US' }, 'en'],
  ] as const)('of %j is %s', (environment, language) => {
    expect(languageOfTerminal(environment)).toBe(language);
  });
});
