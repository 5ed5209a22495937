'use strict';
// Loaded before everything else (`node --require`), so that the built programs live on another day: whatever asks for
// the time is told the one in the file NAER_TEST_CLOCK, which runs on from when it was written. Service and commands
// that share the file share the day. Timers are the machine's own.
const { readFileSync, statSync } = require('node:fs');

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
}
