import { describe, expect, it } from 'vitest';
import { tidyArgv } from './argv.ts';

const tidy = (line: string) => tidyArgv(line.split(' ').filter((word) => word !== '')).join(' ');

describe('the words of a command line', () => {
  it.each([
    ['', '--help'],
    ['--lang en', '--help'],
    ['--json staff list', 'staff list --json'],
    ['--lang en --url=http://x staff list --csv', 'staff list --csv --lang en --url=http://x'],
    ['--lang en team add -- --json', 'team add --lang en -- --json'],
    ['help staff list', 'staff list --help'],
    ['--lang en help', '--help --lang en'],
    ['staff list --json', 'staff list --json'],
    ['--bogus staff', '--bogus staff'],
  ])('"%s" is read as "%s"', (given, read) => expect(tidy(given)).toBe(read));
});
