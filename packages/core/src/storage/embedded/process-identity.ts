import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A process that lives now. `pid` alone is no identity: the system hands numbers out again. */
export interface LiveProcess {
  readonly pid: number;
  /** Differs for every process that ever had this pid; letters, digits and dots only. */
  readonly startedAt: string;
  /** Program and arguments joined by single spaces; null where the system does not tell. */
  readonly command: string | null;
}

/** Finds a living process; null when there is none, also for a zombie that nobody has reaped yet. */
export async function findProcess(pid: number): Promise<LiveProcess | null> {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !exists(pid)) return null;
  if (process.platform === 'linux') return findInProc(pid);
  if (process.platform === 'win32') return { pid, startedAt: '0', command: null };
  return findByPs(pid);
}

/** True while the very same process lives, not merely one with its number. */
export async function isAlive(known: Pick<LiveProcess, 'pid' | 'startedAt'>): Promise<boolean> {
  return (await findProcess(known.pid))?.startedAt === known.startedAt;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM means that it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function findInProc(pid: number): Promise<LiveProcess | null> {
  try {
    const [stat, command, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/cmdline`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ]);
    // The program's name stands in parentheses and may hold anything, so fields are counted from the last one:
    // the state comes first, the start in ticks since boot twentieth (proc(5): fields 3 and 22).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = fields[19];
    if (fields[0] === 'Z' || fields[0] === 'X' || ticks === undefined) return null;
    return { pid, startedAt: `${boot.slice(0, 8)}.${ticks}`, command: command.split('\0').join(' ').trim() };
  } catch {
    return null;
  }
}

async function findByPs(pid: number): Promise<LiveProcess | null> {
  try {
    const { stdout } = await promisify(execFile)(
      'ps',
      ['-ww', '-o', 'stat=,lstart=,command=', '-p', `${pid}`],
      {
        env: { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' },
      },
    );
    const found = /^\s*(\S+)\s+(\w{3} \w{3}\s+\d+ [\d:]{8} \d{4})\s+(.*?)\s*$/m.exec(stdout);
    const [, state, started, command] = found ?? [];
    if (state === undefined || started === undefined || command === undefined || state.startsWith('Z'))
      return null;
    return { pid, startedAt: `${Date.parse(`${started} UTC`)}`, command };
  } catch {
    return null;
  }
}
