#!/usr/bin/env node
// Plain JavaScript for any Node from 18, because the first thing it does is find a recent one: the same Node that
// `npm start` brought to the checkout. Everything else is in dist/, which `npm start` builds.
import { existsSync, readFileSync } from 'node:fs';

const packageRoot = new URL('../', import.meta.url);
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const recentEnough = major > 22 || (major === 22 && minor >= 12);
const first = process.argv[2];

if (first === '--version' || first === '-v') {
  const { version } = JSON.parse(readFileSync(new URL('package.json', packageRoot), 'utf8'));
  process.stdout.write(`naer ${version}\n`);
} else if (!recentEnough) {
  await handOver();
} else if (!existsSync(new URL('dist/main.js', packageRoot))) {
  stop(
    'Kommandoen naer er ikke bygget endnu: kør »npm start« én gang. / Run "npm start" once to build naer.',
  );
} else {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  // The version was checked above; oclif would load a whole library to check it again.
  process.env.OCLIF_DISABLE_ENGINE_WARNING = '1';
  await import(new URL('dist/main.js', packageRoot).href);
}

/** Runs this very file on the checkout's own Node, as if nothing had happened. */
async function handOver() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = new URL(`../../.toolchain/node/bin/${name}`, packageRoot);
  if (!existsSync(own)) {
    stop(
      `Nær kræver Node 22.12 eller nyere (her er ${process.versions.node}): kør »npm start«, som henter den. / ` +
        'Nær needs Node 22.12 or newer: run "npm start", which brings it.',
    );
    return;
  }
  const { spawn } = await import('node:child_process');
  const { fileURLToPath } = await import('node:url');
  const child = spawn(fileURLToPath(own), process.argv.slice(1), { stdio: 'inherit' });
  // The child decides what a signal means; Ctrl-C reaches it by itself too, which is harmless.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exitCode = code ?? 1;
    else process.exitCode = 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0);
  });
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}
