import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const pageFolder = path.resolve(import.meta.dirname, '../../packages/media-server/call-page');
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Builds the call page into a folder as its own build does; with `gallery`, every screen by itself instead. */
export async function buildCallPage(outDir: string, { gallery = false } = {}): Promise<void> {
  const vite = path.join(pageFolder, 'node_modules/vite/bin/vite.js');
  const child = spawn(
    process.execPath,
    [
      vite,
      'build',
      '--logLevel',
      'error',
      '--outDir',
      outDir,
      '--emptyOutDir',
      ...(gallery ? ['--mode', 'gallery'] : []),
    ],
    { cwd: pageFolder, stdio: 'inherit', env: { ...process.env, NODE_ENV: 'production' } },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`the call page did not build (${code})`);
}

/** Serves a built folder at /s/, under a policy that forbids whatever is inline, as core does. */
export async function serveFolder(folder: string): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://x').pathname.replace(/^\/s\//, '');
    void readFile(path.join(folder, path.normalize(`/${name}`))).then(
      (body) =>
        response
          .writeHead(200, {
            'content-type': types[path.extname(name)] ?? 'application/octet-stream',
            'content-security-policy':
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; worker-src 'self'; connect-src 'self'",
          })
          .end(body),
      () => response.writeHead(404).end(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/s`,
    close: async () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
