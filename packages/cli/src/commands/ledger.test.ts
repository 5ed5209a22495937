import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Checkpoint } from '@naer/core/contract/ledger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLogSigner } from '../../../core/src/ledger/format/note.ts';
import { encodeProofFile } from '../../../core/src/ledger/format/proof-file.ts';
import { proveConsistency, proveInclusion } from '../../../core/src/ledger/format/proofs.ts';
import { encodeWitnessRequest } from '../../../core/src/ledger/format/witness-request.ts';
import {
  entryOf,
  filesOf,
  logSigner,
  makeLog,
  origin,
  pack,
  someEntries,
} from '../../../core/src/ledger/verifier/fixture.ts';
import { type Asked, fakeService, runCommand } from '../fixture.ts';
import { useLanguage } from '../language.ts';
import LedgerExport from './ledger/export.ts';
import LedgerFsck from './ledger/fsck.ts';
import LedgerHead from './ledger/head.ts';
import LedgerKeys from './ledger/keys.ts';
import LedgerLog from './ledger/log.ts';
import LedgerProve from './ledger/prove.ts';
import LedgerShow from './ledger/show.ts';
import LedgerVerify from './ledger/verify.ts';
import LedgerWitnessAdd from './ledger/witness/add.ts';
import LedgerWitnessAsk from './ledger/witness/ask.ts';
import LedgerWitnessCosign from './ledger/witness/cosign.ts';
import LedgerWitnessEnd from './ledger/witness/end.ts';
import LedgerWitnessKey from './ledger/witness/key.ts';

const log = makeLog(someEntries(300));
const key = logSigner.verifier.verifierKey;
/** Nothing answers there, and nobody is asked. */
const nowhere = 'http://127.0.0.1:9';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'naer-ledger-'));
});
afterEach(async () => {
  useLanguage('da');
  await rm(folder, { recursive: true });
});
const file = (name: string) => path.join(folder, name);
const written = async (name: string, content: string | Uint8Array) => {
  await writeFile(file(name), content);
  return file(name);
};

const checkpointOf = (size: number, cosignedBy: readonly string[] = []): Checkpoint => ({
  origin,
  size: String(size),
  rootHash: log.rootAt(size).toString('base64'),
  note: log.note(size),
  keyId: logSigner.verifier.keyId,
  signedAt: '2026-11-23T07:59:58.000Z',
  cosignedBy: [...cosignedBy],
});
const leafOf = (index: number) => ({
  index: String(index),
  entry: JSON.stringify({
    actor: '4f0c1d5e-6a53-4f5e-9d7e-0f4d7a0c9b11',
    entry: {
      type: 'citizen.step',
      subject: '7c1f0f52-6a0e-4a53-9f0a-3f6a3c1f9b11',
      from: null,
      to: 'offered',
    },
    occurredAt: '2026-11-20T09:00:00.000Z',
    recordedAt: '2026-11-20T09:00:01.000Z',
    v: 1,
  }),
  leafHash: log.rootAt(1).toString('base64'),
});

describe('an export that is verified', () => {
  it('is said to be sound in one sentence, without any service', async () => {
    const export_ = await written('log.tar', pack(filesOf(log, [100, 200])));
    const { stdout, stderr, exit } = await runCommand(LedgerVerify, [export_, '--key', key], nowhere);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
    expect(stdout).toBe(
      'Loggen er hel: 300 poster fra naer.example.dk/log, holdt op mod 3 underskrevne punkter.\n',
    );
  });

  it('is not believed where a byte was changed: exit code 1, and the entry by its number', async () => {
    const files = filesOf(log);
    const bundle = Buffer.from(files.get('tile/entries/000') ?? []);
    bundle.write('X', bundle.indexOf('number 17'));
    files.set('tile/entries/000', bundle);
    const export_ = await written('log.tar', pack(files));
    const { stdout, exit } = await runCommand(LedgerVerify, [export_, '--key', key], nowhere);
    expect(exit).toBe(1);
    expect(stdout).toMatch(/^Loggen holder IKKE\. \d+ fund:\n/);
    expect(stdout).toMatch(/post 17: indholdet er ændret .*\[leaf-changed\]/);
    useLanguage('en');
    const english = await runCommand(LedgerVerify, [export_, '--key', key], nowhere);
    expect(english.stdout).toMatch(/entry 17: its content was changed/);
  });

  it('tells the same under --json, with places as text', async () => {
    const export_ = await written('log.tar', pack(filesOf(log)).subarray(0, 20_000));
    const { stdout, exit } = await runCommand(LedgerVerify, [export_, '--key', key, '--json'], nowhere);
    expect(exit).toBe(1);
    const verdict: unknown = JSON.parse(stdout);
    expect(verdict).toMatchObject({ kind: 'export', sound: false, size: '300' });
    expect(JSON.stringify(verdict)).toContain('"truncated"');
  });

  it('extends a checkpoint that was kept, or does not', async () => {
    const export_ = await written('log.tar', pack(filesOf(log)));
    const kept = await written('kept', log.note(120));
    const argv = [export_, '--key', key, '--against'];
    const sound = await runCommand(LedgerVerify, [...argv, kept], nowhere);
    expect(sound).toMatchObject({
      exit: 0,
      stdout: expect.stringContaining('det gemte punkt på 120 poster'),
    });
    const other = makeLog([...someEntries(119), Buffer.from('{"another":"past"}')]);
    const rewritten = await runCommand(
      LedgerVerify,
      [...argv, await written('other', other.note(120))],
      nowhere,
    );
    expect(rewritten.exit).toBe(1);
    expect(rewritten.stdout).toContain('[not-an-extension]');
  });

  it.each([
    [[], 'Uden nøglen kan intet efterprøves'],
    [['--key', 'no key'], 'ikke en brugbar offentlig nøgle'],
  ])('needs a key that is one: %j', async (more, told) => {
    const export_ = await written('log.tar', pack(filesOf(log)));
    const { stdout, stderr, exit } = await runCommand(LedgerVerify, [export_, ...more], nowhere);
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toContain(told);
  });

  it.each([
    ['a checkpoint', () => log.note(300), 'Filen er ikke en eksport af en log'],
    ['what was packed again', () => Buffer.from([31, 139, 8, 0, 0]), 'Filen er ikke en eksport af en log'],
  ])('is blamed for nothing where the file is %s', async (_, content, told) => {
    const given = await written('given', content());
    const { stdout, exit } = await runCommand(LedgerVerify, [given, '--key', key], nowhere);
    expect(exit).toBe(1);
    expect(stdout).toContain(told);
    expect(stdout).not.toContain('Loggen');
  });

  it('cannot be read where it is a folder, which is no fault of the command', async () => {
    const { stderr, exit } = await runCommand(LedgerVerify, [folder, '--key', key], nowhere);
    expect(exit).toBe(2);
    expect(stderr).toContain('kan ikke læses');
  });

  it('is blamed for nothing where what was kept is no checkpoint', async () => {
    const argv = [await written('log.tar', pack(filesOf(log))), '--key', key, '--against'];
    const { stdout, exit } = await runCommand(LedgerVerify, [...argv, await written('kept', 'x')], nowhere);
    expect(exit).toBe(1);
    expect(stdout).toMatch(
      /^Det gemte punkt kan ikke bruges\. Med loggen selv er der intet galt\. 1 fund:\n/,
    );
    expect(stdout).toContain('kan ikke læses (det gemte punkt) [unreadable]');
  });

  it('asks for all keys where one is missing, and holds each to its time', async () => {
    const newer = createLogSigner(origin, Buffer.alloc(32, 9));
    const files = filesOf(log, [100, 200]);
    files.set('checkpoint', Buffer.from(log.note(300, newer)));
    const export_ = await written('log.tar', pack(files));
    const verify = async (...keys: readonly string[]) =>
      runCommand(
        LedgerVerify,
        [export_, '--key-file', await written('keys', keys.map((each) => `${each}\n`).join(''))],
        nowhere,
      );
    const own = newer.verifier.verifierKey;
    expect(await verify(`${key} 0`, `${own} 201`)).toMatchObject({ exit: 0 });
    for (const keys of [[key], [own], [`${key} 0`, `${own} 301`]]) {
      const { stdout, exit } = await verify(...keys);
      expect([exit, stdout.split('.')[0]]).toEqual([1, 'Ikke alt er underskrevet med de nøgler, du gav']);
      expect(stdout).toContain('[wrong-key]');
    }
  });

  it('takes its keys from a file such as the one that "keys --out" writes', async () => {
    const export_ = await written('log.tar', pack(filesOf(log)));
    const keys = await written('log.key', `${key} 0\n\n`);
    expect(await runCommand(LedgerVerify, [export_, '--key-file', keys], nowhere)).toMatchObject({ exit: 0 });
  });
});

describe('a proof that is verified', () => {
  const proofOf = async (index: number) =>
    encodeProofFile({
      index: BigInt(index),
      proof: await proveInclusion(log.reader, BigInt(index), log.size),
      checkpoint: log.note(300),
    });

  it('holds for its own entry alone', async () => {
    const proof = await written('7.tlog-proof', await proofOf(7));
    const argv = [proof, '--key', key, '--entry'];
    const own = await runCommand(LedgerVerify, [...argv, await written('own', entryOf(7))], nowhere);
    expect(own).toMatchObject({ exit: 0, stdout: expect.stringContaining('post 7 af 300') });
    const other = await runCommand(LedgerVerify, [...argv, await written('other', entryOf(8))], nowhere);
    expect(other).toMatchObject({ exit: 1, stdout: expect.stringContaining('[proof-broken]') });
  });

  it('is asked for the entry that it proves, where none is given', async () => {
    const proof = await written('7.tlog-proof', await proofOf(7));
    const { stdout, stderr, exit } = await runCommand(LedgerVerify, [proof, '--key', key], nowhere);
    expect({ stdout, exit }).toEqual({ stdout: '', exit: 2 });
    expect(stderr).toContain('--entry');
  });

  it('takes an entry as "show --json" gave it, line break and all', async () => {
    const proof = await written('7.tlog-proof', await proofOf(7));
    const shown = await written(
      '7.json',
      `${JSON.stringify({ ...leafOf(7), entry: entryOf(7).toString() })}\n`,
    );
    expect(await runCommand(LedgerVerify, [proof, '--key', key, '--entry', shown], nowhere)).toMatchObject({
      exit: 0,
    });
  });
});

describe('the log of today', () => {
  const serving =
    (from: typeof log) =>
    async ({ path: asked }: Asked) =>
      asked === '/ledger/head'
        ? {
            body: { checkpoint: { ...checkpointOf(300), note: from.note(300) }, waiting: 0, lastCheck: null },
          }
        : {
            body: {
              from: '120',
              size: '300',
              hashes: (await proveConsistency(from.reader, 120n, 300n)).map((hash) =>
                hash.toString('base64'),
              ),
              checkpoint: { ...checkpointOf(300), note: from.note(300) },
            },
          };

  it('is proved to extend what was kept, by a proof that is checked here', async () => {
    const answers = await Promise.all(
      ['/ledger/head', '/ledger/proofs/consistency'].map((asked) =>
        serving(log)({ path: asked, method: 'GET', headers: {}, body: '' }),
      ),
    );
    const { url } = await fakeService(
      ({ path: asked }) => answers[asked === '/ledger/head' ? 0 : 1] ?? { body: null },
    );
    const argv = ['--against', await written('kept', log.note(120)), '--key', key];
    const { stdout, exit } = await runCommand(LedgerVerify, argv, url);
    expect(exit).toBe(0);
    expect(stdout).toContain('loggen på 300 poster fortsætter det gemte punkt på 120 poster');
  });

  it('is found out when it was rewritten, though it is signed with the right key', async () => {
    const forged = makeLog([Buffer.from('{"another":"past"}'), ...someEntries(299)]);
    const answers = await Promise.all(
      ['/ledger/head', '/ledger/proofs/consistency'].map((asked) =>
        serving(forged)({ path: asked, method: 'GET', headers: {}, body: '' }),
      ),
    );
    const { url } = await fakeService(
      ({ path: asked }) => answers[asked === '/ledger/head' ? 0 : 1] ?? { body: null },
    );
    const argv = ['--against', await written('kept', log.note(120)), '--key', key];
    const { stdout, exit } = await runCommand(LedgerVerify, argv, url);
    expect(exit).toBe(1);
    expect(stdout).toContain('historien er skrevet om');
  });
});

describe('reading the log', () => {
  const service = () =>
    fakeService(({ path: asked }) =>
      asked === '/ledger/head'
        ? {
            body: {
              checkpoint: checkpointOf(300, ['revision.example/w1']),
              waiting: 2,
              lastCheck: { size: '300', sound: true, checkedAt: '2026-11-23T08:00:00.000Z' },
            },
          }
        : asked.startsWith('/ledger/leaves?')
          ? { body: { items: [leafOf(298), leafOf(299)], next: null } }
          : asked.startsWith('/ledger/checkpoints')
            ? { body: { items: [checkpointOf(300), checkpointOf(200)], next: null } }
            : { body: leafOf(299) },
    );

  it('begins near its end where nothing says otherwise, one line for each entry', async () => {
    const { url, asked } = await service();
    const { stdout, exit } = await runCommand(LedgerLog, ['--limit', '40'], url);
    expect(exit).toBe(0);
    expect(asked.at(-1)?.path).toBe('/ledger/leaves?limit=40&from=260');
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBe(3);
    expect(lines[1]).toMatch(/298 +fre 20\. nov (2026 )?10\.00 +citizen\.step +subject=7c1f0f52 to=offered$/);
  });

  it('gives each entry as it is hashed under --json', async () => {
    const { url } = await service();
    const { stdout } = await runCommand(LedgerLog, ['--from', '298', '--json'], url);
    expect(JSON.parse(stdout)).toEqual([leafOf(298), leafOf(299)]);
  });

  it('lists the checkpoints, the latest first', async () => {
    const { url } = await service();
    const { stdout } = await runCommand(LedgerLog, ['--checkpoints', '--csv'], url);
    expect(stdout.split('\r\n')[1]).toMatch(/^300,/);
  });

  it('shows one entry by its fields and its exact bytes', async () => {
    const { url, asked } = await service();
    const { stdout } = await runCommand(LedgerShow, ['1.299'], url);
    expect(asked[0]?.path).toBe('/ledger/leaves/1299');
    expect(stdout).toMatch(/subject +7c1f0f52-6a0e-4a53-9f0a-3f6a3c1f9b11/);
    expect(stdout.trimEnd().endsWith(leafOf(299).entry)).toBe(true);
  });

  it('keeps the head in a file of its own, exactly as it was signed', async () => {
    const { url } = await service();
    const { stdout } = await runCommand(LedgerHead, ['--out', file('kept')], url);
    expect(stdout).toMatch(/Størrelse +300 poster/);
    expect(stdout).toContain('revision.example/w1');
    expect(await readFile(file('kept'), 'utf8')).toBe(log.note(300));
  });

  it('saves an export for its owner alone, and leaves a file that is there', async () => {
    const { url, asked } = await fakeService(() => ({ body: 'a tar' }));
    expect(await runCommand(LedgerExport, [file('log.tar'), '--size', '200'], url)).toMatchObject({
      exit: 0,
    });
    expect(asked[0]?.path).toBe('/ledger/export?size=200');
    expect(await readFile(file('log.tar'), 'utf8')).toBe('a tar');
    expect((await stat(file('log.tar'))).mode & 0o077).toBe(0);
    expect(await runCommand(LedgerExport, [file('log.tar')], url)).toMatchObject({ exit: 5 });
  });

  it('proves an entry or a history, never both at once', async () => {
    const { url, asked } = await fakeService(() => ({
      body: { index: '7', size: '300', leafHash: leafOf(7).leafHash, proof: 'c2sp.org/tlog-proof@v1\n' },
    }));
    await runCommand(LedgerProve, ['7', '--out', file('7.tlog-proof')], url);
    expect(asked[0]?.path).toBe('/ledger/proofs/inclusion?index=7');
    expect(await readFile(file('7.tlog-proof'), 'utf8')).toBe('c2sp.org/tlog-proof@v1\n');
    for (const argv of [[], ['7', '--from', '3']])
      expect(await runCommand(LedgerProve, argv, url)).toMatchObject({ exit: 2, stdout: '' });
    expect(asked.length).toBe(1);
  });
});

describe('a check of the service', () => {
  it('is a no with its findings where the log does not agree with itself', async () => {
    const findings = [{ kind: 'leaves-swapped', index: '4', until: '9', where: 'tile/entries/000' }];
    const check = { size: '300', sound: false, findings, checkedAt: '2026-11-23T08:00:00.000Z' };
    const { url, asked } = await fakeService(() => ({ body: check }));
    const { stdout, exit } = await runCommand(LedgerFsck, [], url);
    expect(asked[0]).toMatchObject({ method: 'POST', path: '/ledger/check' });
    expect(exit).toBe(1);
    expect(stdout).toContain('  post 4–9: er byttet om (tile/entries/000) [leaves-swapped]');
  });
});

describe('the keys', () => {
  const own = {
    purpose: 'log',
    name: origin,
    keyId: logSigner.verifier.keyId,
    verifierKey: key,
    fromSize: '0',
    createdAt: '2026-11-23T08:00:00.000Z',
    retiredAt: null,
  };
  const service = () =>
    fakeService(({ method, path: asked }) =>
      method === 'POST'
        ? { body: own }
        : asked === '/municipality'
          ? {
              body: {
                id: '4f0c1d5e-6a53-4f5e-9d7e-0f4d7a0c9b11',
                name: 'Nordby',
                isDemo: false,
                checkInGraceMinutes: 15,
                createdAt: '2026-11-23T08:00:00.000Z',
              },
            }
          : { body: { items: [own], next: null } },
    );

  it('are printed whole, with the address where anybody finds them', async () => {
    const { url } = await service();
    const { stdout } = await runCommand(LedgerKeys, [], url);
    expect(stdout).toContain(key);
    expect(stdout).toContain(`${url}/ledger/4f0c1d5e-6a53-4f5e-9d7e-0f4d7a0c9b11/keys`);
  });

  it('are not rotated unless somebody says so', async () => {
    const { url, asked } = await service();
    expect(await runCommand(LedgerKeys, ['--rotate'], url)).toMatchObject({ exit: 2 });
    expect(asked).toEqual([]);
    expect(await runCommand(LedgerKeys, ['--rotate', '--yes'], url)).toMatchObject({ exit: 0 });
    expect(asked[0]).toMatchObject({ path: '/ledger/keys/rotate', body: '{"purpose":"log"}' });
  });
});

describe('an auditor as witness', () => {
  const requestOf = async (from: number, size: number, of = log) =>
    encodeWitnessRequest({
      from: BigInt(from),
      proof: await proveConsistency(of.reader, BigInt(from), BigInt(size)),
      checkpoint: of.note(size),
    });
  const cosign = (request: string) =>
    runCommand(LedgerWitnessCosign, [request, '--log-key', key, '--with', file('w.key')], nowhere);

  it('makes a key for itself alone, and cosigns with it what extends what it saw', async () => {
    const made = await runCommand(LedgerWitnessKey, ['revision.example/w1', '--out', file('w.key')], nowhere);
    expect(made.exit).toBe(0);
    expect((await stat(file('w.key'))).mode & 0o077).toBe(0);
    const shown = await runCommand(LedgerWitnessKey, ['--of', file('w.key')], nowhere);
    expect(shown.stdout).toBe(made.stdout);

    const first = await cosign(await written('first', await requestOf(0, 120)));
    expect(first.exit).toBe(0);
    expect(first.stdout).toMatch(/^— revision\.example\/w1 \S+\n$/);

    // A second past is refused, and what was seen stays as it is.
    const other = makeLog([Buffer.from('{"another":"past"}'), ...someEntries(299)]);
    const refused = await cosign(await written('forged', await requestOf(120, 300, other)));
    expect(refused).toMatchObject({ exit: 1, stdout: '' });
    expect(refused.stderr).toContain('historien er skrevet om');

    const again = await cosign(await written('again', await requestOf(0, 300)));
    expect(again.exit).toBe(1);
    expect(again.stderr).toContain('naer ledger witness ask --from 120');

    expect(await cosign(await written('next', await requestOf(120, 300)))).toMatchObject({ exit: 0 });
    expect(JSON.parse(await readFile(file('w.key.seen'), 'utf8'))).toMatchObject({
      [origin]: { size: '300' },
    });
  });

  it('signs nothing while it cannot tell what it saw, or while another signature is under way', async () => {
    await runCommand(LedgerWitnessKey, ['revision.example/w1', '--out', file('w.key')], nowhere);
    const request = await written('first', await requestOf(0, 120));
    await written('w.key.seen', '{ "half"');
    expect(await cosign(request)).toMatchObject({ exit: 2, stdout: '' });
    await rm(file('w.key.seen'));
    await written('w.key.seen.part', '');
    expect(await cosign(request)).toMatchObject({ exit: 5, stdout: '' });
    await rm(file('w.key.seen.part'));
    expect(await cosign(request)).toMatchObject({ exit: 0 });
  });

  it.each(['', 'PRIVATE+KEY+w1+00000000+AAAA', key])(
    'has no key in a file that holds %j',
    async (content) => {
      const request = await written('first', await requestOf(0, 120));
      await written('w.key', content);
      expect(await cosign(request)).toMatchObject({ exit: 2, stdout: '' });
    },
  );

  it('without a key file is the witness of the municipality', async () => {
    const signature = '— naer/nordby/w abc\n';
    const { url, asked } = await fakeService(() => ({
      body: { origin, size: '120', signature, cosignedAt: '2026-11-23T08:00:00.000Z' },
    }));
    const request = await requestOf(0, 120);
    const argv = [await written('first', request), '--log-key', key, '--out', file('answer')];
    expect(await runCommand(LedgerWitnessCosign, argv, url)).toMatchObject({ exit: 0 });
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ request, verifierKey: key });
    expect(await readFile(file('answer'), 'utf8')).toBe(signature);
  });
});

describe('who asks a witness', () => {
  const witness = {
    id: '7c1f0f52-6a0e-4a53-9f0a-3f6a3c1f9b11',
    name: 'w1',
    verifierKey: 'w1+x+y',
    trustedAt: '2026-11-23T08:00:00.000Z',
    by: 'TH01',
    endedAt: null,
    cosignedSize: '200',
  };

  it('begins at the latest checkpoint that the witness cosigned, and knows whom it asks', async () => {
    const { url, asked } = await fakeService(({ path: asked }) =>
      asked === '/ledger/witnesses'
        ? { body: { items: [witness], next: null } }
        : { body: { from: '200', size: '300', request: 'old 200\n' } },
    );
    await runCommand(LedgerWitnessAsk, ['--for', 'w1'], url);
    expect(asked.at(-1)?.path).toBe('/ledger/witnesses/request?from=200');
    const { stderr, exit } = await runCommand(LedgerWitnessAsk, ['--for', 'w2'], url);
    expect(exit).toBe(1);
    expect(stderr).toContain('Vidner: w1.');
  });

  it('adds the answer, and hears who has cosigned', async () => {
    const { url, asked } = await fakeService(() => ({ status: 201, body: checkpointOf(300, ['w1']) }));
    const answer = await written('answer', '— w1 abc');
    const { stdout } = await runCommand(LedgerWitnessAdd, [answer], url);
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ note: '— w1 abc\n' });
    expect(stdout).toBe('Punktet på 300 poster er medunderskrevet af w1.\n');
  });

  it('ends one by its name, and is told of those there are when there is none', async () => {
    const { url, asked } = await fakeService(({ method }) => ({
      body: method === 'POST' ? witness : { items: [witness], next: null },
    }));
    expect(await runCommand(LedgerWitnessEnd, ['W1'], url)).toMatchObject({ exit: 0 });
    expect(asked.at(-1)?.path).toBe(`/ledger/witnesses/${witness.id}/end`);
    const { stderr, exit } = await runCommand(LedgerWitnessEnd, ['w2'], url);
    expect(exit).toBe(1);
    expect(stderr).toContain('Vidner: w1.');
  });
});
