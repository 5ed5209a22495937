// `node ops/run.mjs <command> …` runs a command in the checkout, made ready as for `npm start`: with the recent Node,
// pnpm and the workspace's own programs on the path.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { explain, Refusal, say } from './progress.mjs';
import { checkout, endWithParent, prepare } from './toolchain.mjs';

try {
  endWithParent();
  process.exitCode = (await prepare(import.meta.url)) ?? (await command(process.argv.slice(2)));
} catch (error) {
  process.exitCode = explain(error);
}

async function command([name, ...args]) {
  if (name === undefined)
    throw new Refusal(say('Skriv, hvad der skal køres.', 'Name what to run.'), { exitCode: 2 });
  process.env.PATH = [path.join(checkout, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter);
  const child = spawn(name, args, { cwd: checkout, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Refusal(`${name}: ${error.message}`, { exitCode: 127 })));
    child.on('exit', (code) => resolve(code ?? 1));
  });
}
