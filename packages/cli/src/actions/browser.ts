import { spawn } from 'node:child_process';
import { CliError } from '../errors/cli-error.ts';

export interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

/** What opens an address in the person's own browser; null where there is no desktop to open it on, as over SSH. */
export function findOpener(platform: NodeJS.Platform, env: Env): Opener | null {
  if (platform === 'darwin') return { command: 'open', args: [] };
  // Not `start`, which is a word of the shell: that would read signs of the address as its own.
  if (platform === 'win32') return { command: 'rundll32', args: ['url.dll,FileProtocolHandler'] };
  const hasDesktop = [env.DISPLAY, env.WAYLAND_DISPLAY].some((value) => value !== undefined && value !== '');
  return hasDesktop ? { command: 'xdg-open', args: [] } : null;
}

/** How long the opener may take to say that it failed; some stay for as long as the browser runs. */
const verdictMs = 2000;

/**
 * Opens an address in the browser. It stands in the list of processes for that moment, where others on the machine could
 * read it: only safe for a link that holds once and for minutes, as that of a host does.
 *
 * @throws CliError browser_not_opened
 */
export async function openInBrowser({ command, args }: Opener, url: string): Promise<void> {
  const child = spawn(command, [...args, url], { detached: true, stdio: 'ignore' });
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(resolve, verdictMs);
      child.once('error', (error) => reject(new CliError('browser_not_opened', {}, { cause: error })));
      child.once('exit', (code) => (code === 0 ? resolve() : reject(new CliError('browser_not_opened'))));
    });
  } finally {
    clearTimeout(timer);
    child.unref();
  }
}
