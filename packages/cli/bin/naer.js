#!/usr/bin/env node
'use strict';
// Plain CommonJS for any Node from 18, because the first thing it does is find a recent one: the same Node that
// `npm start` brought to the checkout. Everything else is in dist/, which `npm start` builds.
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const packageRoot = join(__dirname, '..');
const program = join(packageRoot, 'dist', 'main.cjs');
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const recentEnough = major > 22 || (major === 22 && minor >= 12);
const first = process.argv[2];

if (first === '--version' || first === '-v') {
  const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  process.stdout.write(`naer ${version}\n`);
} else if (!recentEnough) {
  handOver();
} else if (!existsSync(program)) {
  stop(
    'Kommandoen naer er ikke bygget endnu: kør »npm start« én gang. / Run "npm start" once to build naer.',
  );
} else {
  require('node:module').enableCompileCache();
  // The version was checked above; oclif would load a whole library to check it again.
  process.env.OCLIF_DISABLE_ENGINE_WARNING = '1';
  require(program);
}

/** Runs this very file on the checkout's own Node, as if nothing had happened. */
function handOver() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const own = join(packageRoot, '..', '..', '.toolchain', 'node', 'bin', name);
  if (!existsSync(own)) {
    stop(
      `Nær kræver Node 22.12 eller nyere (her er ${process.versions.node}): kør »npm start«, som henter den. / ` +
        'Nær needs Node 22.12 or newer: run "npm start", which brings it.',
    );
    return;
  }
  const child = require('node:child_process').spawn(own, process.argv.slice(1), { stdio: 'inherit' });
  // The child decides what a signal means; Ctrl-C reaches it by itself too, which is harmless.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    const signals = { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 };
    process.exitCode = signal === null ? (code ?? 1) : 128 + (signals[signal] ?? 0);
  });
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exitCode = 2;
}
