import type { Command } from '@oclif/core';

export type Commands = Readonly<Record<string, Command.Class>>;

/** Every command under its id, `<topic>:<verb>`. Each is loaded by itself, so that a start pays for one command only. */
const loaders: Readonly<Record<string, () => Promise<{ readonly default: Command.Class }>>> = {
  login: () => import('./commands/root/login.ts'),
  logout: () => import('./commands/root/logout.ts'),
  whoami: () => import('./commands/root/whoami.ts'),
  commands: () => import('./commands/root/commands.ts'),
  autocomplete: () => import('./commands/root/autocomplete.ts'),
  'rooms:free': () => import('./commands/rooms/free.ts'),
  'rooms:book': () => import('./commands/rooms/book.ts'),
  'rooms:bookings': () => import('./commands/rooms/bookings.ts'),
  'rooms:check-in': () => import('./commands/rooms/check-in.ts'),
  'rooms:move': () => import('./commands/rooms/move.ts'),
  'rooms:cancel': () => import('./commands/rooms/cancel.ts'),
  'rooms:series': () => import('./commands/rooms/series.ts'),
  'rooms:series-cancel': () => import('./commands/rooms/series-cancel.ts'),
  'rooms:list': () => import('./commands/rooms/list.ts'),
  'rooms:show': () => import('./commands/rooms/show.ts'),
  'rooms:add': () => import('./commands/rooms/add.ts'),
  'rooms:change': () => import('./commands/rooms/change.ts'),
  'rooms:import': () => import('./commands/rooms/import.ts'),
  'rooms:export': () => import('./commands/rooms/export.ts'),
  'citizens:list': () => import('./commands/citizens/list.ts'),
  'citizens:show': () => import('./commands/citizens/show.ts'),
  'citizens:add': () => import('./commands/citizens/add.ts'),
  'citizens:change': () => import('./commands/citizens/change.ts'),
  'citizens:step': () => import('./commands/citizens/step.ts'),
  'citizens:steps': () => import('./commands/citizens/steps.ts'),
  'citizens:assess': () => import('./commands/citizens/assess.ts'),
  'citizens:assessments': () => import('./commands/citizens/assessments.ts'),
  'citizens:identity': () => import('./commands/citizens/identity.ts'),
  'citizens:correct': () => import('./commands/citizens/correct.ts'),
  'citizens:find': () => import('./commands/citizens/find.ts'),
  'citizens:accesses': () => import('./commands/citizens/accesses.ts'),
  'citizens:erase': () => import('./commands/citizens/erase.ts'),
  'citizens:import': () => import('./commands/citizens/import.ts'),
  'citizens:export': () => import('./commands/citizens/export.ts'),
  'staff:list': () => import('./commands/staff/list.ts'),
  'staff:show': () => import('./commands/staff/show.ts'),
  'staff:add': () => import('./commands/staff/add.ts'),
  'staff:change': () => import('./commands/staff/change.ts'),
  'staff:end': () => import('./commands/staff/end.ts'),
  'staff:import': () => import('./commands/staff/import.ts'),
  'staff:export': () => import('./commands/staff/export.ts'),
  'team:list': () => import('./commands/team/list.ts'),
  'team:add': () => import('./commands/team/add.ts'),
  'team:rename': () => import('./commands/team/rename.ts'),
  'sites:list': () => import('./commands/sites/list.ts'),
  'sites:add': () => import('./commands/sites/add.ts'),
  'legal-bases:list': () => import('./commands/legal-bases/list.ts'),
  'legal-bases:add': () => import('./commands/legal-bases/add.ts'),
  'municipality:show': () => import('./commands/municipality/show.ts'),
  'municipality:change': () => import('./commands/municipality/change.ts'),
  'municipality:list': () => import('./commands/municipality/list.ts'),
  'municipality:create': () => import('./commands/municipality/create.ts'),
  'token:create': () => import('./commands/token/create.ts'),
  'token:list': () => import('./commands/token/list.ts'),
  'token:revoke': () => import('./commands/token/revoke.ts'),
  'events:follow': () => import('./commands/events/follow.ts'),
  'ledger:list': () => import('./commands/ledger/list.ts'),
  'outbox:list': () => import('./commands/outbox/list.ts'),
  'outbox:retry': () => import('./commands/outbox/retry.ts'),
  'key:backup': () => import('./commands/key/backup.ts'),
  'key:restore': () => import('./commands/key/restore.ts'),
  'key:rotate': () => import('./commands/key/rotate.ts'),
};

/** Those that tell of all the others. */
const knowAll: readonly string[] = ['commands', 'autocomplete'];

/** The one command that a command line names, or all of them where it names none: for help, and to see what was meant. */
export async function loadCommands(argv: readonly string[] = []): Promise<Commands> {
  const [topic = '', verb = ''] = argv;
  const named = [`${topic}:${verb}`, topic].find((id) => Object.hasOwn(loaders, id) && !knowAll.includes(id));
  const wanted = Object.entries(loaders).filter(([id]) => named === undefined || id === named);
  const loaded = await Promise.all(wanted.map(async ([id, load]) => [id, (await load()).default] as const));
  return Object.fromEntries<Command.Class>(loaded);
}
