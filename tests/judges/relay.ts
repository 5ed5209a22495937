import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { GoProgram } from './go-program.ts';

export type RelayLogin = { readonly secret: string } | { readonly user: string; readonly password: string };

/** `happening` in relay/main.go. */
interface Happening {
  readonly what: 'listening' | 'allocated' | 'permitted' | 'refused';
  readonly tcp?: number;
  readonly udp?: number;
  readonly user?: string;
  /** Whom the client may send to. */
  readonly peer?: string;
}

/** A TURN relay on loopback, and what has happened at it. */
export interface Relay {
  /** As `NAER_MEDIA_TURN_URLS` has it. */
  readonly url: Readonly<Record<'udp' | 'tcp', string>>;
  readonly happenings: readonly Happening[];
  close(): Promise<void>;
}

export async function startRelay({ program }: GoProgram, login: RelayLogin): Promise<Relay> {
  const child = spawn(program, optionsOf(login), { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const happenings: Happening[] = [];
  const ports = await new Promise<Happening>((resolve, reject) => {
    child.on('error', reject);
    void ended.then(() => reject(new Error('the relay ended')));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const happening: Happening = JSON.parse(line);
      if (happening.what === 'listening') resolve(happening);
      else happenings.push(happening);
    });
  });
  return {
    url: { udp: `turn:127.0.0.1:${ports.udp}`, tcp: `turn:127.0.0.1:${ports.tcp}?transport=tcp` },
    happenings,
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

const optionsOf = (login: RelayLogin): string[] =>
  'secret' in login ? ['-secret', login.secret] : ['-user', login.user, '-password', login.password];
