import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname } from 'node:path';
import { Config, type Interfaces } from '@oclif/core';
import { onTestFinished, vi } from 'vitest';
import type { Commands } from './commands.ts';
import { reportFailure } from './errors/report.ts';

export interface Asked {
  readonly method: string;
  /** Path with query, below `/api/v1`. */
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = {
  readonly status?: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};

/** A service that answers what the test says, on loopback; gone when the test is. */
export async function fakeService(answer: (asked: Asked) => Reply): Promise<{ url: string; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const path = (request.url ?? '').replace('/api/v1', '');
      const one = {
        method: request.method ?? '',
        path,
        headers: request.headers,
        body: Buffer.concat(pieces).toString(),
      };
      asked.push(one);
      const { status = 200, body, headers = {} } = answer(one);
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked };
}

/** Problem details as the service writes them. */
export const refusal = (
  code: string,
  status: number,
  more: { params?: object; details?: object } = {},
): Reply => ({
  status,
  body: {
    type: `/problems/${code}`,
    title: code,
    status,
    detail: '',
    code,
    next: '',
    requestId: 'r1',
    ...more,
  },
});

/** Runs a command in this process, as the program would, without a terminal. */
export async function runCommand(
  Command: Commands[string],
  argv: readonly string[],
  url: string,
): Promise<{ stdout: string; stderr: string; exit: number }> {
  const root = dirname(import.meta.dirname);
  const oclif: Interfaces.OclifConfiguration = { bin: 'naer', dirname: 'naer', topicSeparator: ' ' };
  const config = await Config.load({
    root,
    isRoot: true,
    pjson: { name: '@naer/cli', version: '0.0.0', oclif },
    ignoreManifest: true,
  });
  vi.stubEnv('NAER_URL', url);
  vi.stubEnv('NAER_TOKEN', 'test');
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  process.exitCode = 0;
  try {
    await Command.run([...argv], config);
    return { ...written, exit: Number(process.exitCode) };
  } catch (error) {
    const exit = await reportFailure(error, { argv, json: argv.includes('--json'), debug: false });
    return { ...written, exit };
  } finally {
    process.exitCode = before;
    for (const spy of spies) spy.mockRestore();
    vi.unstubAllEnvs();
  }
}
