import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { forgetLogin, keepLogin, loginFile, readLogin } from './login-file.ts';
import { findTarget, parseAddress } from './target.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'naer-target-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const configured = () => ({ NAER_CONFIG_DIR: join(folder, 'config') });

function serve(home: string, url: string, token: string, pid = process.pid): string {
  mkdirSync(join(home, 'run'), { recursive: true });
  const adminTokenFile = join(home, 'admin-token');
  writeFileSync(adminTokenFile, `${token}\n`);
  writeFileSync(
    join(home, 'run', 'ready.json'),
    JSON.stringify({ url, mediaUrl: null, adminTokenFile, pid }),
  );
  return home;
}
const logIn = (url: string) =>
  keepLogin(configured(), { url, token: 'from-login', initials: 'BM13', municipality: 'Nordby' });

describe('which service a command speaks to', () => {
  it('is said to be none when nothing runs and nobody is logged in', () => {
    expect(() => findTarget({}, configured(), folder)).toThrow('no_service');
  });

  it('is the one of the checkout, with its administrator token', () => {
    serve(join(folder, '.naer'), 'http://127.0.0.1:4080', 'first');
    expect(findTarget({}, configured(), folder)).toEqual({ url: 'http://127.0.0.1:4080', token: 'first' });
  });

  it('is the one logged in to rather than the one of the checkout', () => {
    serve(join(folder, '.naer'), 'http://127.0.0.1:4080', 'first');
    logIn('https://naer.nordby.dk');
    expect(findTarget({}, configured(), folder)).toEqual({
      url: 'https://naer.nordby.dk',
      token: 'from-login',
    });
  });

  it('is the one of an explicit NAER_HOME rather than the login', () => {
    const home = serve(join(folder, 'other'), 'http://127.0.0.1:4090', 'other');
    logIn('https://naer.nordby.dk');
    expect(findTarget({}, { ...configured(), NAER_HOME: home }, folder)).toEqual({
      url: 'http://127.0.0.1:4090',
      token: 'other',
    });
  });

  it('is NAER_URL before all files, and --url before NAER_URL', () => {
    logIn('https://naer.nordby.dk');
    const env = { ...configured(), NAER_URL: 'https://a.dk/api/v1', NAER_TOKEN: 'mine' };
    expect(findTarget({}, env, folder)).toEqual({ url: 'https://a.dk', token: 'mine' });
    expect(findTarget({ url: 'https://b.dk' }, env, folder).url).toBe('https://b.dk');
  });

  it('never gets the token of another address', () => {
    serve(join(folder, '.naer'), 'http://127.0.0.1:4080', 'first');
    logIn('https://naer.nordby.dk');
    expect(findTarget({ url: 'https://naer.nordby.dk.evil.example' }, configured(), folder).token).toBeNull();
    expect(findTarget({ url: 'http://127.0.0.1:4081' }, configured(), folder).token).toBeNull();
    expect(findTarget({ url: 'http://naer.nordby.dk' }, configured(), folder).token).toBeNull();
  });

  it('never gets the token of a service that was killed, whose port somebody else may have taken', () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    serve(join(folder, '.naer'), 'http://127.0.0.1:4080', 'first', pid);
    expect(findTarget({}, configured(), folder)).toEqual({ url: 'http://127.0.0.1:4080', token: null });
  });

  it('treats files that cannot be read as not there', () => {
    mkdirSync(join(folder, '.naer', 'run'), { recursive: true });
    writeFileSync(join(folder, '.naer', 'run', 'ready.json'), '{ half');
    expect(() => findTarget({}, configured(), folder)).toThrow('no_service');
  });

  it('must be an http address', () => {
    expect(parseAddress('naer.nordby.dk')).toBe('https://naer.nordby.dk');
    expect(() => parseAddress('ftp://naer.nordby.dk')).toThrow('address_invalid');
    expect(() => parseAddress('http://')).toThrow('address_invalid');
  });
});

describe('a login', () => {
  it('is kept for its owner alone, and forgotten', () => {
    logIn('https://naer.nordby.dk');
    expect(readLogin(configured())?.initials).toBe('BM13');
    if (process.platform !== 'win32') expect(statSync(loginFile(configured())).mode & 0o777).toBe(0o600);
    expect(forgetLogin(configured())).toBe(true);
    expect(forgetLogin(configured())).toBe(false);
    expect(readLogin(configured())).toBeNull();
  });

  it('lies in the XDG folder unless NAER_CONFIG_DIR says otherwise', () => {
    expect(loginFile({ XDG_CONFIG_HOME: '/x' })).toBe(join('/x', 'naer', 'login.json'));
    expect(loginFile({ HOME: '/home/a' })).toBe(join('/home/a', '.config', 'naer', 'login.json'));
    expect(loginFile({ NAER_CONFIG_DIR: '/y', XDG_CONFIG_HOME: '/x' })).toBe(join('/y', 'login.json'));
  });
});
