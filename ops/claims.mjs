// One start at a time installs and builds in a checkout. A claim is an empty file whose name says which process made
// it (number and start), so that one which outlived its process is known for what it is. Everybody puts up an own
// claim first and looks for others second; of two that come at once at least one sees the other and steps back.
import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Claims `directory` for this process, however long it takes.
 * @param {string} directory
 * @param {(pid: number) => void} onWait told once, with the process that has it
 * @returns {Promise<{ cover: (pid: number) => () => void, release: () => void }>} `cover` extends the claim to a
 *   child, so that an installation which outlives a killed start is waited for as well; it returns how to end that
 */
export async function claim(directory, onWait) {
  mkdirSync(directory, { recursive: true });
  const own = new Set();
  const put = (pid) => {
    const file = path.join(directory, `${pid}-${startOf(pid) ?? '0'}-${randomBytes(4).toString('hex')}`);
    writeFileSync(file, '', { flag: 'wx' });
    own.add(path.basename(file));
    return () => {
      rmSync(file, { force: true });
      own.delete(path.basename(file));
    };
  };
  for (let told = false; ; ) {
    if (rivalIn(directory, own) === null) {
      const release = put(process.pid);
      if (rivalIn(directory, own) === null) return { cover: put, release };
      release();
    }
    const rival = rivalIn(directory, own);
    if (rival !== null && !told) {
      told = true;
      onWait(rival);
    }
    await delay(50 + Math.random() * 150);
  }
}

function rivalIn(directory, own) {
  let rival = null;
  for (const name of readdirSync(directory)) {
    const [, pid, start] = /^(\d+)-([\w.]+)-\w+$/.exec(name) ?? [];
    if (pid === undefined || own.has(name)) continue;
    if (startOf(Number(pid)) === start) rival = Number(pid);
    else rmSync(path.join(directory, name), { force: true });
  }
  return rival;
}

/** What tells a process from another that has its number later; null when there is none, `0` where nothing tells. */
function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return null;
  }
  if (process.platform !== 'linux') return '0';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // Fields are counted from the last parenthesis, since the program's name may hold anything (proc(5): 3 and 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return null;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8)}.${fields[19]}`;
  } catch {
    return null;
  }
}
