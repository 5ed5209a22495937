import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { completionScript } from './completion.ts';

const known = [
  { id: 'ledger:verify', summary: 'x', flags: { key: {} } },
  { id: 'ledger:witness:ask', summary: 'x', flags: { for: {} } },
  { id: 'ledger:witness:add', summary: 'x', flags: {} },
  { id: 'whoami', summary: 'x', flags: {} },
] as unknown as Parameters<typeof completionScript>[1];

function complete(...words: string[]): string {
  const line = `COMP_WORDS=(naer ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _naer; echo "\${COMPREPLY[*]}"`;
  return spawnSync('bash', ['-c', `${completionScript('bash', known)}\n${line}`], {
    encoding: 'utf8',
  }).stdout.trim();
}

describe('completion in bash', () => {
  it.each([
    [[''], 'ledger whoami'],
    [['ledger', ''], 'verify witness'],
    [['ledger', 'witness', ''], 'ask add'],
    [['ledger', 'witness', 'ask', '--'], '--for'],
    [['ledger', 'verify', '--'], '--key'],
    [['ledger', 'verify', 'log.tar', '--'], '--key'],
  ])('of %j gives %s', (words, offered) => expect(complete(...words)).toBe(offered));
});
