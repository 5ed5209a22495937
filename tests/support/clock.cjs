'use strict';
// Loaded before everything else (`node --require`), so that the built programs live on another day: whatever asks for
// the time is told the one in the file NAER_TEST_CLOCK, which runs on from when it was written. Service and commands
// that share the file share the day, and so do the programs that one of them starts with an environment of its own: a
// media server that lived on another day than the service would take none of its tokens. Timers are the machine's own.
const childProcess = require('node:child_process');
const { readFileSync, statSync } = require('node:fs');
const { syncBuiltinESMExports } = require('node:module');

const file = process.env.NAER_TEST_CLOCK;
const Real = Date;
const realNow = Real.now.bind(Real);
const freshForMs = 2;
let shiftMs = 0;
let readAt = Number.NEGATIVE_INFINITY;

function now() {
  const real = realNow();
  if (real - readAt > freshForMs) {
    readAt = real;
    // The file is replaced as a whole; a moment without it keeps the shift there was.
    try {
      shiftMs = Real.parse(readFileSync(file, 'utf8')) - statSync(file).mtimeMs;
    } catch {}
  }
  return Math.max(0, Math.floor(real + shiftMs));
}

if (file) {
  globalThis.Date = new Proxy(Real, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length === 0 ? [now()] : given, newTarget),
    apply: () => new Real(now()).toString(),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });

  const spawn = childProcess.spawn;
  childProcess.spawn = (command, args, options) =>
    command !== process.execPath || options?.env === undefined
      ? spawn(command, args, options)
      : spawn(command, args, {
          ...options,
          env: { ...options.env, NODE_OPTIONS: process.env.NODE_OPTIONS, NAER_TEST_CLOCK: file },
        });
  syncBuiltinESMExports();
}
