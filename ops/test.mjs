// `npm test`: every check in order, each to its end, so that one run shows everything that is wrong.
// `--full` adds what takes long.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { bold, dim, explain, green, red, seconds } from './progress.mjs';
import { checkout, endWithParent, prepare } from './toolchain.mjs';

const shown = {
  ok: green('ok'),
  failed: red('failed'),
  stopped: red('stopped'),
};

try {
  endWithParent();
  process.exitCode = (await prepare(import.meta.url)) ?? (await runAll(process.argv.includes('--full')));
} catch (error) {
  process.exitCode = explain(error);
}

async function runAll(full) {
  const script = (name) => ['pnpm', ['run', '--silent', name]];
  const reports = await mkdtemp(path.join(tmpdir(), 'naer-reports-'));
  const reportOf = (name) => path.join(reports, `${name}.json`);
  const project = (name) => [
    'vitest',
    [
      'run',
      '--project',
      name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${reportOf(name)}`,
    ],
  ];
  const steps = [
    ['types', ...script('types')],
    ['lint', ...script('lint')],
    ['import rules', ...script('imports')],
    ['unit', ...project('unit')],
    ['db', ...project('db')],
    ['alone', ...project('alone')],
    ['e2e', ...project('e2e')],
    ['generated docs', ...script('docs:check')],
    ...(full ? [['full', ...project('full')]] : []),
  ];
  process.env.PATH = [path.join(checkout, 'node_modules', '.bin'), process.env.PATH].join(path.delimiter);
  const results = [];
  for (const [name, command, args] of steps) {
    process.stdout.write(`\n${bold(`▸ ${name}`)} ${dim(`${command} ${args.join(' ')}`)}\n`);
    const began = performance.now();
    const outcome = await runStep(command, args);
    const line = `${name.padEnd(16)}${seconds(performance.now() - began).padStart(9)}  ${shown[outcome]}`;
    process.stdout.write(`${line}\n`);
    // Said again at the very end, where also a log that was cut off still tells.
    const failures = outcome === 'ok' ? [] : await readFailures(reportOf(name));
    results.push({ outcome, line, failures });
    if (outcome === 'stopped') break;
  }
  await rm(reports, { recursive: true, force: true });
  const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
  const failed = count('failed') + count('stopped');
  process.stdout.write(`\n${results.map(({ line }) => line).join('\n')}\n`);
  process.stdout.write(`${count('ok')} passed, ${failed} failed, ${steps.length - results.length} skipped\n`);
  for (const { failures } of results)
    for (const failure of failures) process.stdout.write(`${red('✗')} ${failure}\n`);
  return failed === 0 ? 0 : 1;
}

async function runStep(command, args) {
  const child = spawn(command, args, { cwd: checkout, stdio: ['ignore', 'inherit', 'inherit'] });
  let stopped = false;
  const stop = (signal) => {
    stopped = true;
    child.kill(signal);
  };
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, stop);
  const code = await new Promise((resolve) => {
    child.on('error', (error) => {
      process.stderr.write(`${command}: ${error.message}\n`);
      resolve(127);
    });
    child.on('exit', resolve);
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
  if (stopped) return 'stopped';
  return code === 0 ? 'ok' : 'failed';
}

/** The failed tests of a step by file, as vitest wrote them down; none where it wrote nothing. */
async function readFailures(file) {
  const report = await readFile(file, 'utf8').then(JSON.parse, () => ({ testResults: [] }));
  return report.testResults
    .filter(({ status }) => status === 'failed')
    .flatMap(({ name, assertionResults }) => {
      const at = path.relative(checkout, name);
      const failed = assertionResults.filter(({ status }) => status === 'failed');
      return failed.length === 0 ? [at] : failed.map(({ fullName }) => `${at} > ${fullName}`);
    });
}
