import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync } from 'node:zlib';
import fastify, { type FastifyInstance } from 'fastify';
import { afterEach, describe, expect, it } from 'vitest';
import { registerCallPage } from './call-page.ts';

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

const html = '<!doctype html><head><meta name="naer-help-phone" content="" /></head><title>Samtale</title>';

async function served({
  built = true,
  helpPhone = null as string | null,
  signallingUrl = null as string | null,
} = {}): Promise<FastifyInstance> {
  const root = await mkdtemp(path.join(tmpdir(), 'naer-call-page-'));
  open.push(() => rm(root, { recursive: true, force: true }));
  const folder = path.join(root, 'dist');
  await mkdir(path.join(folder, 'assets'), { recursive: true });
  if (built) await writeFile(path.join(folder, 'index.html'), html);
  await writeFile(path.join(folder, 'assets', 'main-abc.js'), 'export {};');
  await writeFile(path.join(folder, 'assets', 'main-abc.js.br'), brotliCompressSync('export {};'));
  await writeFile(path.join(root, 'secret.txt'), 'not for anybody');
  const app = fastify();
  open.push(() => app.close());
  registerCallPage(app, {
    folder,
    origin: () => 'https://samtale.example.dk',
    signallingUrl,
    helpPhone: async () => helpPhone,
  });
  await app.ready();
  return app;
}

const policyOf = (value: unknown) =>
  Object.fromEntries(
    String(value)
      .split('; ')
      .map((rule) => [rule.split(' ')[0], rule.slice(rule.indexOf(' ') + 1)]),
  );

describe('the call page', () => {
  it('is given to anybody, never kept, and may load and reach nothing but the service', async () => {
    const app = await served();
    const { statusCode, headers, body } = await app.inject('/s');
    expect([statusCode, body]).toEqual([200, html]);
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
    const policy = policyOf(headers['content-security-policy']);
    expect(policy).toMatchObject({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'worker-src': "'self' blob:",
      'frame-ancestors': "'none'",
      'connect-src': "'self' https://samtale.example.dk wss://samtale.example.dk",
    });
    expect(String(headers['content-security-policy'])).not.toMatch(/unsafe|\*/);
    expect(headers['permissions-policy']).toContain(
      'camera=(self), microphone=(self), display-capture=(self)',
    );
  });

  it('may reach a media server elsewhere, by its socket and by its check', async () => {
    const app = await served({ signallingUrl: 'wss://media.example.dk/path' });
    const { headers } = await app.inject('/s');
    expect(policyOf(headers['content-security-policy'])['connect-src']).toBe(
      "'self' https://samtale.example.dk wss://samtale.example.dk https://media.example.dk wss://media.example.dk",
    );
  });

  it('carries the number to phone where there is one for everybody', async () => {
    const app = await served({ helpPhone: '+45"><b>70000000' });
    const { body } = await app.inject('/s');
    expect(body).toContain('<meta name="naer-help-phone" content="+45&#34;&#62;&#60;b&#62;70000000" />');
  });

  it('lets its files be kept for good, since their names change with what is in them', async () => {
    const app = await served();
    const { statusCode, headers, body } = await app.inject('/s/assets/main-abc.js');
    expect([statusCode, body]).toEqual([200, 'export {};']);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toContain('javascript');
  });

  it('gives them compressed to whoever takes that', async () => {
    const app = await served();
    const { headers, rawPayload } = await app.inject({
      url: '/s/assets/main-abc.js',
      headers: { 'accept-encoding': 'gzip, deflate, br' },
    });
    expect(headers['content-encoding']).toBe('br');
    expect(headers['content-type']).toContain('javascript');
    expect(brotliDecompressSync(rawPayload).toString()).toBe('export {};');
  });

  it.each([
    '/s/assets/../index.html',
    '/s/assets/%2e%2e/%2e%2e/secret.txt',
    '/s/assets/..%2f..%2fsecret.txt',
    '/s/assets/none.js',
    '/s/assets/',
  ])('has nothing at %s', async (url) => {
    const app = await served();
    const { statusCode, body, headers } = await app.inject(url);
    expect(statusCode).toBeGreaterThanOrEqual(400);
    // It may be there a moment later, when all processes are of the same version.
    expect(headers['cache-control']).toBeUndefined();
    expect(body).not.toContain('not for anybody');
  });

  it('says that it is not available where it was not built', async () => {
    const app = await served({ built: false });
    expect((await app.inject('/s')).statusCode).toBeGreaterThanOrEqual(500);
  });
});
