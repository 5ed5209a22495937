import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { checkout } from '../support/service.ts';
import { interleave } from './rounds.ts';
import { type Row, toRow } from './table.ts';

const bin = path.join(checkout, 'packages/cli/bin/naer.js');

/** The command line as a whole process, from start to exit, against a Node that does nothing. */
export async function benchCommandLine(url: string, token: string): Promise<Row[]> {
  const run =
    (...args: string[]) =>
    async () => {
      const started = performance.now();
      const { status, stderr } = spawnSync(process.execPath, args, {
        encoding: 'utf8',
        env: { ...process.env, NAER_URL: url, NAER_TOKEN: token },
      });
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
      return performance.now() - started;
    };
  const {
    nothing: baseline,
    version,
    help,
    rooms,
  } = await interleave(15, {
    nothing: run('-e', '0'),
    version: run(bin, '--version'),
    help: run(bin, '--help'),
    rooms: run(bin, 'rooms', 'list'),
  });
  return [
    toRow('naer --version', 'ms', { ours: version, baseline }, { atMost: 1.6 }),
    toRow('naer --help', 'ms', { ours: help, baseline }, { atMost: 3 }),
    toRow('naer rooms list', 'ms', { ours: rooms, baseline }, { atMost: 3 }),
  ];
}
