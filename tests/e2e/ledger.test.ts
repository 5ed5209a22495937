import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import type { Client } from '@naer/core/client';
import { identityRoutes } from '@naer/core/contract/identity';
import { ledgerRoutes } from '@naer/core/contract/ledger';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout, createHome, type ServiceHome } from '../support/service.ts';

// A coordinator hands on the log, and an auditor who trusts nothing but a key verifies it on a machine of their own.

const bin = path.join(checkout, 'packages/cli/bin/naer.js');

let place: ServiceHome;
let client: Client;
beforeAll(async () => {
  place = await createHome();
  await place.start();
  client = await place.client();
});
afterAll(() => place.remove());

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
}

async function run(home: string, argv: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...argv], {
    cwd: place.home,
    env: { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', NAER_HOME: home },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, exit: exit as number | null };
}
const coordinator = (...argv: string[]) => run(place.home, argv);
/** Without a service and without a login. */
const auditor = (...argv: string[]) => run(path.join(place.home, 'auditor'), argv);
const file = (name: string) => path.join(place.home, name);

/** Something happens, and is signed. */
async function addTeam(name: string): Promise<void> {
  await client.call(identityRoutes.createTeam, { body: { name } });
  for (;;) {
    const { waiting, checkpoint } = await client.call(ledgerRoutes.head, {});
    if (waiting === 0 && checkpoint !== null) return;
    await pause(20);
  }
}

describe('the log of a municipality', () => {
  it('is handed on with its key, and is sound to somebody who has nothing else', async () => {
    await addTeam('Team Nord');
    expect((await coordinator('ledger', 'head', '--out', 'kept')).exit).toBe(0);
    const keys = await coordinator('ledger', 'keys', '--out', 'log.key');
    const [key = '', from] = (await readFile(file('log.key'), 'utf8')).trim().split(' ');
    expect([keys.stdout.includes(key), from]).toEqual([true, '0']);
    const address = /http\S+\/keys/.exec(keys.stdout)?.[0] ?? '';
    expect(await (await fetch(address)).text()).toBe(await readFile(file('log.key'), 'utf8'));
    await addTeam('Team Syd');
    expect((await coordinator('ledger', 'export', 'log.tar')).exit).toBe(0);
    expect((await stat(file('log.tar'))).mode & 0o077).toBe(0);

    const sound = await auditor('ledger', 'verify', 'log.tar', '--key-file', 'log.key', '--against', 'kept');
    expect(sound).toMatchObject({ exit: 0, stderr: '' });
    expect(sound.stdout).toMatch(/^Loggen er hel: \d+ poster fra naer\/\S+, .* fortsætter det gemte punkt/);
  });

  it('is the same bytes to whoever exports it again', async () => {
    const { checkpoint } = await client.call(ledgerRoutes.head, {});
    await coordinator('ledger', 'export', 'again.tar', '--size', checkpoint?.size ?? '');
    expect((await readFile(file('again.tar'))).equals(await readFile(file('log.tar')))).toBe(true);
  });

  it.each<[string, (bytes: Buffer) => Buffer, RegExp]>([
    [
      'an entry with another name in it',
      (bytes) => Buffer.from(bytes.toString('latin1').replace('team.created', 'team.changed'), 'latin1'),
      /post \d+: indholdet er ændret .*\[leaf-changed\]/,
    ],
    ['a file that is cut short', (bytes) => bytes.subarray(0, bytes.length - 2048), /\[truncated\]/],
    ['a file that goes on', (bytes) => Buffer.concat([bytes, bytes.subarray(0, 512)]), /\[oversized\]/],
  ])('is found out as %s', async (what, change, told) => {
    const copy = file(`${what.replaceAll(' ', '-')}.tar`);
    await writeFile(copy, change(await readFile(file('log.tar'))));
    const { stdout, exit } = await auditor('ledger', 'verify', copy, '--key-file', 'log.key');
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^Loggen holder IKKE/);
    expect(stdout).toMatch(told);
  });

  it('proves one entry, and no other', async () => {
    await coordinator('ledger', 'prove', '3', '--out', '3.tlog-proof');
    for (const [index, exit] of [
      ['3', 0],
      ['2', 1],
    ] as const) {
      const shown = await coordinator('ledger', 'show', index, '--json');
      await writeFile(file(`${index}.json`), shown.stdout);
      const argv = ['ledger', 'verify', '3.tlog-proof', '--entry', `${index}.json`, '--key-file', 'log.key'];
      expect((await auditor(...argv)).exit, index).toBe(exit);
    }
  });

  it('is proved to go on from what was kept, and rebuilt from its entries', async () => {
    const argv = ['ledger', 'verify', '--against', 'kept', '--key-file', 'log.key', '--json'];
    const { stdout, exit } = await coordinator(...argv);
    expect(exit).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'history', sound: true, findings: [] });
    expect(await coordinator('ledger', 'fsck')).toMatchObject({ exit: 0, stderr: '' });
  });

  it('is cosigned by the auditor through files, and says so', async () => {
    const made = await auditor('ledger', 'witness', 'key', 'revision.example/w1', '--out', 'witness.key');
    const witness = made.stdout.trim();
    expect((await coordinator('ledger', 'witness', 'trust', witness)).exit).toBe(0);
    await addTeam('Team Øst');
    await coordinator('ledger', 'witness', 'ask', '--for', 'revision.example/w1', '--out', 'request');
    const cosign = ['ledger', 'witness', 'cosign', 'request', '--log-key-file', 'log.key'];
    expect(await auditor(...cosign, '--with', 'witness.key', '--out', 'answer')).toMatchObject({ exit: 0 });
    expect(await coordinator('ledger', 'witness', 'add', 'answer')).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('revision.example/w1'),
    });
    // An answer can get lost, and is given again.
    expect((await auditor(...cosign, '--with', 'witness.key')).exit).toBe(0);
    await coordinator('ledger', 'export', 'cosigned.tar');
    const verify = ['ledger', 'verify', 'cosigned.tar', '--key-file', 'log.key', '--key', witness];
    expect((await auditor(...verify)).stdout).toContain('Medunderskrevet af revision.example/w1.');
  });

  it('stays valid under a new key, for those who have it', async () => {
    expect((await coordinator('ledger', 'keys', '--rotate', '--yes')).exit).toBe(0);
    await addTeam('Team Vest');
    await coordinator('ledger', 'keys', '--out', 'both.key');
    await coordinator('ledger', 'export', 'rotated.tar');
    const verify = ['ledger', 'verify', 'rotated.tar', '--against', 'kept', '--key-file'];
    expect(await auditor(...verify, 'both.key')).toMatchObject({ exit: 0 });
    const old = await auditor(...verify, 'log.key');
    expect(old.exit).toBe(1);
    expect(old.stdout).toContain('[wrong-key]');
  });
});
