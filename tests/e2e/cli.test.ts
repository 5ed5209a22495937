import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkout, createHome, type Service, type ServiceHome } from '../support/service.ts';

const bin = path.join(checkout, 'packages/cli/bin/naer.js');
const fixtures = path.join(checkout, 'tests/fixtures/imports');

let place: ServiceHome;
let service: Service;
beforeAll(async () => {
  place = await createHome();
  service = await place.start();
});
afterAll(() => place.remove());

interface Outcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number | null;
}

/** Runs the built command as a person's shell without a terminal would. */
async function naer(
  argv: readonly string[],
  given: { readonly input?: string; readonly env?: Record<string, string> } = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [bin, ...argv], {
    env: { PATH: process.env.PATH, HOME: place.home, LANG: 'C.UTF-8', NAER_HOME: place.home, ...given.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(given.input ?? '');
  const [stdout, stderr, [exit]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'exit'),
  ]);
  return { stdout, stderr, exit: exit as number | null };
}
const json = async (...argv: string[]) => JSON.parse((await naer([...argv, '--json'])).stdout) as unknown;

describe('help', () => {
  it.each([
    [[]],
    [['rooms']],
    [['rooms', 'book', '--help']],
    [['citizens', 'import', '--help']],
    [['programme', 'milestones', '--help']],
    [['ledger', 'witness']],
    [['ledger', 'verify', '--help']],
    [['help', 'staff', 'add']],
  ])('fits 80 columns in both languages: naer %j', async (argv) => {
    const [danish, english] = await Promise.all([naer(argv), naer(argv, { env: { LANG: 'en_GB.UTF-8' } })]);
    for (const { stdout, stderr, exit } of [danish, english]) {
      expect({ stderr, exit }).toEqual({ stderr: '', exit: 0 });
      for (const line of stdout.split('\n')) expect([...line].length, line).toBeLessThanOrEqual(80);
    }
    expect(danish.stdout).toMatch(/^BRUG$/m);
    expect(english.stdout).toMatch(/^USAGE$/m);
    expect(danish.stdout).not.toMatch(/\b(USAGE|EXAMPLES|OPTIONS|required|the)\b/);
    expect(english.stdout).not.toMatch(/\b(BRUG|VALG|og|eller|efter)\b/);
  });

  it('names the nearest command for a slip, without running it', async () => {
    const { stderr, exit } = await naer(['romms', 'list', '--lang', 'en']);
    expect(stderr).toContain('Did you mean');
    expect(exit).toBe(2);
  });

  it('tells its version at once', async () =>
    expect((await naer(['--version'])).stdout).toMatch(/^naer \d+\.\d+\.\d+\n$/));

  it('completes in bash', async () => {
    const { stdout } = await naer(['autocomplete', 'bash']);
    const shell = spawn('bash', [
      '-c',
      `${stdout}\nCOMP_WORDS=(naer rooms b); COMP_CWORD=2; _naer; echo "\${COMPREPLY[*]}"`,
    ]);
    expect((await text(shell.stdout)).trim()).toBe('book bookings');
  });
});

describe('a coordinator begins', () => {
  it('imports staff, rooms and citizens as they were exported, and again without change', async () => {
    for (const team of ['Team Midt', 'Team Nord', 'Team Syd'])
      expect((await naer(['team', 'add', team])).exit).toBe(0);
    for (const [kind, file] of [
      ['staff', 'staff-utf8.csv'],
      ['rooms', 'rooms-tab.tsv'],
      ['citizens', 'borgere-sagssystem-cp1252.csv'],
    ] as const) {
      const first = await json(kind, 'import', path.join(fixtures, file));
      expect(first, kind).toMatchObject({ state: 'done', updated: 0, problemCount: 0 });
      const { rows } = first as { rows: number };
      expect(await json(kind, 'import', path.join(fixtures, file)), kind).toMatchObject({
        created: 0,
        unchanged: rows,
      });
    }
  });

  it('sees every fault of a file, masked where it is personal, and exit code 1', async () => {
    const { stdout, exit } = await naer([
      'citizens',
      'import',
      path.join(fixtures, 'borgere-med-fejl-cp1252.csv'),
    ]);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/3 +Startdato +31-02-2025 +Den dato findes ikke/);
    expect(stdout).not.toContain('12345');
  });

  it('books by name and by the time as people write it, and gets other times when the room is taken', async () => {
    // Tuesday of next year's tenth week, which is always in March; the fourth of January is in the first one (ISO 8601).
    const year = new Date().getUTCFullYear() + 1;
    const tuesday = new Date(
      Date.UTC(year, 0, 4 - ((new Date(Date.UTC(year, 0, 4)).getUTCDay() + 6) % 7) + 64),
    );
    const day = tuesday.getUTCDate();
    const booking = await naer([
      'rooms',
      'book',
      'rådhuset/samtaleboks 1',
      `tirsdag uge 10 ${year} 9-9.30`,
      '--for',
      'bm13',
    ]);
    expect(booking).toMatchObject({ exit: 0, stdout: expect.stringContaining(`tirsdag ${day}. marts`) });
    const again = ['rooms', 'book', 'Rådhuset/Samtaleboks 1', `${day}/3/${year} 9.15`, '--for', 'BM14'];
    const taken = await naer(again);
    expect(taken).toMatchObject({ exit: 5, stdout: '' });
    const paste = /naer rooms book "(.+?)" "(.+?)" --for BM14/.exec(taken.stderr);
    expect((await naer(['rooms', 'book', paste?.[1] ?? '', paste?.[2] ?? '', '--for', 'BM14'])).exit).toBe(0);
  });

  it('gives lists as CSV and as JSON, and nothing else on standard output', async () => {
    const rooms = (await json('rooms', 'list')) as unknown[];
    const { stdout } = await naer(['rooms', 'list', '--csv']);
    expect(stdout.trimEnd().split('\r\n').length).toBe(rooms.length + 1);
  });

  it('is not disturbed by a reader that has seen enough', async () => {
    const shell = spawn(
      'bash',
      ['-o', 'pipefail', '-c', `'${process.execPath}' '${bin}' citizens list --csv | head -1`],
      {
        env: { PATH: process.env.PATH, HOME: place.home, NAER_HOME: place.home },
      },
    );
    const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
    expect(stdout).toMatch(/^code,/);
    expect(stderr).toBe('');
  });

  it('takes an export back as it is', async () => {
    const file = path.join(place.home, 'ud.csv');
    expect(
      (await naer(['citizens', 'export', file, '--identities', '--reason', 'data-subject-request'])).exit,
    ).toBe(0);
    expect((await stat(file)).mode & 0o077).toBe(0);
    expect(await json('citizens', 'import', file, '--dry-run')).toMatchObject({
      created: 0,
      updated: 0,
      problemCount: 0,
    });
    expect((await naer(['citizens', 'export', file])).exit).toBe(5);
  });
});

describe('whoever is allowed less', () => {
  it('logs in with a token that is kept for its owner alone, and is told what is not allowed', async () => {
    const { secret } = (await json('token', 'create', 'tavle', '--scopes', 'rooms:read,tokens:own')) as {
      secret: string;
    };
    const address = `http://127.0.0.1:${place.port}`;
    const env = {
      NAER_HOME: path.join(place.home, 'elsewhere'),
      NAER_CONFIG_DIR: path.join(place.home, 'config'),
    };
    expect((await naer(['login', address, '--token-stdin'], { input: `${secret}\n`, env })).exit).toBe(0);
    expect((await stat(path.join(env.NAER_CONFIG_DIR, 'login.json'))).mode & 0o077).toBe(0);
    expect((await naer(['rooms', 'list'], { env })).exit).toBe(0);
    expect(await naer(['citizens', 'list'], { env })).toMatchObject({ exit: 3, stdout: '' });
    expect((await naer(['logout'], { env })).exit).toBe(0);
    expect((await naer(['rooms', 'list'], { env })).exit).toBe(4);
    expect((await naer(['login', address, '--token-stdin'], { input: 'wrong\n', env })).exit).toBe(3);
  });
});

describe('the master key', () => {
  it('comes back from its paper, copied in small letters and with the lines in disorder', async () => {
    const keyFile = path.join(place.home, 'keys', 'master.json');
    const before = await readFile(keyFile, 'utf8');
    const { stdout } = await naer(['key', 'backup']);
    const lines = stdout.match(/^ {8}\S.*$/gm) ?? [];
    await rm(keyFile);
    const typed = [...lines].reverse().join('\n').toLowerCase();
    expect((await naer(['key', 'restore'], { input: typed.replace(/.$/, 'u') })).exit).toBe(2);
    expect((await naer(['key', 'restore'], { input: typed })).exit).toBe(0);
    expect(JSON.parse(await readFile(keyFile, 'utf8'))).toEqual(JSON.parse(before));
  });
});

describe('following changes', () => {
  it('misses nothing and repeats nothing across a crash of the service', async () => {
    const child = spawn(process.execPath, [bin, 'events', 'follow', '--after', '0', '--json'], {
      env: {
        PATH: process.env.PATH,
        HOME: place.home,
        NAER_URL: `http://127.0.0.1:${place.port}`,
        NAER_TOKEN: await place.token(),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const positions: number[] = [];
    let heard: () => void = () => undefined;
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (piece: string) => {
      const lines = (rest + piece).split('\n');
      rest = lines.pop() ?? '';
      positions.push(...lines.map((line) => Number((JSON.parse(line) as { position: string }).position)));
      heard();
    });
    const reached = async (count: number) => {
      while (positions.length < count)
        await new Promise<void>((resolve) => {
          heard = resolve;
        });
    };
    await reached(3);
    await service.killHard();
    service = await place.start();
    const before = positions.length;
    expect((await naer(['team', 'add', 'Team Øst'])).exit).toBe(0);
    await reached(before + 1);
    child.kill();
    await once(child, 'exit');
    expect(positions).toEqual(positions.map((_, at) => at + 1));
  });
});
