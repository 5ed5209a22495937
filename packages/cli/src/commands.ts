import type { Command } from '@oclif/core';

export type Commands = Readonly<Record<string, Command.Class>>;

/** Each topic is loaded by itself, so that a command pays for its own topic only. */
const topics: Readonly<Record<string, () => Promise<{ readonly commands: Commands }>>> = {
  citizens: () => import('./commands/citizens/index.ts'),
  events: () => import('./commands/events/index.ts'),
  key: () => import('./commands/key/index.ts'),
  ledger: () => import('./commands/ledger/index.ts'),
  'legal-bases': () => import('./commands/legal-bases/index.ts'),
  municipality: () => import('./commands/municipality/index.ts'),
  outbox: () => import('./commands/outbox/index.ts'),
  rooms: () => import('./commands/rooms/index.ts'),
  sites: () => import('./commands/sites/index.ts'),
  staff: () => import('./commands/staff/index.ts'),
  team: () => import('./commands/team/index.ts'),
  token: () => import('./commands/token/index.ts'),
};
const withoutTopic = (): Promise<{ readonly commands: Commands }> => import('./commands/root/index.ts');

/** The commands under their ids, `<topic>:<verb>`: those of one topic if the first word names it, else all. */
export async function loadCommands(first: string | undefined): Promise<Commands> {
  const only = first !== undefined && Object.hasOwn(topics, first);
  const wanted = Object.entries(topics).filter(([topic]) => !only || topic === first);
  const loaded = await Promise.all(
    wanted.map(async ([topic, load]) => {
      const { commands } = await load();
      return Object.entries(commands).map(([verb, command]) => [`${topic}:${verb}`, command] as const);
    }),
  );
  const alone = only ? {} : (await withoutTopic()).commands;
  return Object.fromEntries<Command.Class>([...loaded.flat(), ...Object.entries(alone)]);
}

/** What oclif reads (`strategy: explicit`). */
export const COMMANDS = await loadCommands(process.argv[2]);

export { commandNotFound } from './not-found.ts';
