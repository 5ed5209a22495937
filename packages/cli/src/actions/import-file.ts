import { open } from 'node:fs/promises';
import { CliError } from '../errors/cli-error.ts';
import { failureText } from './files.ts';

export interface ImportFile {
  /** The bytes in pieces; `onShare` hears how much of the file has gone, from 0 to 1, where its size is known. */
  read(onShare: (share: number) => void): AsyncIterable<Uint8Array>;
}

/** Opens a file to send, or standard input for "-"; a file that cannot be read is a usage error before anything is sent. */
export async function openImport(name: string): Promise<ImportFile> {
  if (name === '-') return { read: () => process.stdin };
  try {
    const file = await open(name, 'r');
    const stat = await file.stat();
    if (stat.isDirectory()) throw Object.assign(new Error(), { code: 'EISDIR' });
    return {
      async *read(onShare) {
        let sent = 0;
        for await (const chunk of file.createReadStream({ highWaterMark: 256 * 1024 })) {
          yield chunk;
          sent += chunk.length;
          if (stat.size > 0) onShare(Math.min(1, sent / stat.size));
        }
      },
    };
  } catch (error) {
    throw new CliError('file_unreadable', { file: name, why: failureText(error) }, { cause: error });
  }
}

/** `--map "Sagsnr=reference"` as the JSON that the service takes; the last equals sign parts heading and field. */
export function readMap(pairs: readonly string[]): string | undefined {
  if (pairs.length === 0) return undefined;
  const entries = pairs.map((pair) => {
    const at = pair.lastIndexOf('=');
    const [heading, field] = [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
    if (at < 1 || heading === '' || field === '') throw new CliError('map_unreadable', { text: pair });
    return [heading, field];
  });
  return JSON.stringify(Object.fromEntries(entries));
}
