import { readFile } from 'node:fs/promises';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { DomainError } from '../kernel/errors.ts';

export interface CallPageDeps {
  /** Where the built page lies: `index.html` and `assets/`. */
  readonly folder: string;
  /** The service's own public address, such as `https://samtale.example.dk`. */
  readonly origin: () => string;
  /** Where browsers reach the media server (`wss:`), if not through the service; null where it is passed on. */
  readonly signallingUrl: string | null;
  /** The number for whoever has a link that does not hold, of which nothing is known; null where there is none for all. */
  readonly helpPhone: () => Promise<string | null>;
}

const helpMark = '<meta name="naer-help-phone" content="" />';
/** Names of built files change with what is in them. */
const forGood = 'public, max-age=31536000, immutable';
const forToday = 'public, max-age=86400';

/**
 * Serves the call page at /s. The link's token is in the fragment, which never comes here; so the page is the same for
 * everybody and says nothing of anybody. It may load, and speak to, nothing but the service and its media server, may not
 * be shown inside another page, and tells no other page where it came from.
 */
export function registerCallPage(
  app: FastifyInstance,
  { folder, origin, signallingUrl, helpPhone }: CallPageDeps,
): void {
  const options = { config: { open: true }, schema: { hide: true } };
  let html: string | null = null;

  app.get('/s', options, async (_request, reply) => {
    html ??= await readPage(folder);
    const number = await helpPhone().catch(() => null);
    return reply
      .headers({
        'cache-control': 'no-store',
        'content-security-policy': policyOf(origin(), signallingUrl),
        'permissions-policy': permissions,
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      })
      .type('text/html; charset=utf-8')
      .send(number === null ? html : html.replace(helpMark, helpMark.replace('""', `"${escaped(number)}"`)));
  });
  // As somebody may type it, or a mail program may write it.
  app.get('/s/', options, (_request, reply) => reply.redirect('/s', 308));

  void app.register(async (scope) => {
    await scope.register(fastifyStatic, {
      root: folder,
      serve: false,
      cacheControl: false,
      index: false,
      preCompressed: true,
      // Told of files that are there only: where another process serves a newer page, what is missing here comes tomorrow.
      setHeaders: (reply, file) => {
        const isBuilt = path.dirname(file) === path.join(folder, 'assets');
        reply.header('cache-control', isBuilt ? forGood : forToday);
      },
    });
    scope.get<{ Params: { '*': string } }>('/s/assets/*', options, (request, reply) =>
      reply.sendFile(path.posix.join('assets', request.params['*'])),
    );
    scope.get('/s/icon.svg', options, (_request, reply) => reply.sendFile('icon.svg'));
  });
}

/** @throws DomainError unavailable where the page was not built */
async function readPage(folder: string): Promise<string> {
  try {
    return await readFile(path.join(folder, 'index.html'), 'utf8');
  } catch (cause) {
    throw new DomainError('unavailable', {}, { cause });
  }
}

const permissions = [
  ...['camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen', 'picture-in-picture'].map(
    (name) => `${name}=(self)`,
  ),
  ...['geolocation', 'payment', 'usb', 'serial', 'bluetooth'].map((name) => `${name}=()`),
].join(', ');

/** Content Security Policy level 3; nothing inline, nothing from elsewhere. */
function policyOf(origin: string, signallingUrl: string | null): string {
  // Safari before 15.4 did not take 'self' for a WebSocket; the media library also asks by https why it was refused.
  const reached = [origin, ...(signallingUrl === null ? [] : [new URL(signallingUrl).origin])];
  const connect = reached.flatMap((address) => [
    address.replace(/^ws/, 'http'),
    address.replace(/^http/, 'ws'),
  ]);
  const rules: Record<string, string> = {
    'default-src': "'none'",
    'script-src': "'self'",
    'style-src': "'self'",
    'img-src': "'self' blob:",
    'media-src': "'self' blob:",
    'connect-src': `'self' ${[...new Set(connect)].join(' ')}`,
    // End-to-end encryption runs in a worker.
    'worker-src': "'self' blob:",
    'base-uri': "'none'",
    'form-action': "'none'",
    'frame-ancestors': "'none'",
  };
  return Object.entries(rules)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}

const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
