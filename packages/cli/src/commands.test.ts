import { describe, expect, it } from 'vitest';
import { loadCommands } from './commands.ts';
import { nearest } from './not-found.ts';
import { innerTopicTexts, topicTexts } from './topics.ts';

const commands = Object.entries(await loadCommands());

describe('every command', () => {
  it.each(commands)('%s has a summary, and examples of itself', (id, command) => {
    expect(command.summary?.length).toBeGreaterThan(3);
    expect(command.summary).not.toMatch(/\.$/);
    const examples = (command.examples ?? []).map(String);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(example).toContain(`naer ${id.replaceAll(':', ' ')}`);
  });

  it.each(commands)('%s gives --json, and every option a summary', (_id, command) => {
    const flags = { ...command.baseFlags, ...command.flags };
    expect(Object.keys(flags)).toContain('json');
    for (const [name, flag] of Object.entries(flags)) expect(flag.summary, name).toBeTruthy();
  });

  it.each(commands)('%s uses in its examples only options that it has', (_id, command) => {
    const flags = { ...command.baseFlags, ...command.flags };
    const known = Object.entries(flags).flatMap(([name, flag]) => [
      `--${name}`,
      ...('allowNo' in flag && flag.allowNo ? [`--no-${name}`] : []),
    ]);
    const used =
      (command.examples ?? [])
        .map(String)
        .join(' ')
        .replace(/"[^"]*"/g, '')
        .match(/--[\w-]+/g) ?? [];
    for (const option of used) expect(known).toContain(option);
  });

  it('belongs to a topic that help tells of', () => {
    const told = topicTexts()
      .map(([topic]) => topic)
      .sort();
    const used = [
      ...new Set(commands.flatMap(([id]) => (id.includes(':') ? [id.split(':')[0] ?? ''] : []))),
    ].sort();
    expect(told).toEqual(used);
    const inner = commands.flatMap(([id]) =>
      id.split(':').length > 2 ? [id.slice(0, id.lastIndexOf(':'))] : [],
    );
    expect(innerTopicTexts().map(([topic]) => topic)).toEqual([...new Set(inner)]);
  });
});

describe('loading commands', () => {
  it('takes only the one that is named', async () => {
    expect(Object.keys(await loadCommands(['staff', 'list', '--csv']))).toEqual(['staff:list']);
    expect(Object.keys(await loadCommands(['whoami']))).toEqual(['whoami']);
    expect(Object.keys(await loadCommands(['ledger', 'witness', 'ask']))).toEqual(['ledger:witness:ask']);
  });

  it.each([[[]], [['staff']], [['staff', '--help']], [['stafff', 'list']], [['commands']], [['toString']]])(
    'takes all of them for %j',
    async (argv) => {
      expect(Object.keys(await loadCommands(argv)).length).toBe(commands.length);
    },
  );
});

describe('did you mean', () => {
  const known = ['staff', 'staff:list', 'rooms', 'rooms:book', 'whoami'];
  it.each([
    ['staf', 'staff'],
    ['staff:lst', 'staff:list'],
    ['room:book', 'rooms:book'],
    ['woami', 'whoami'],
    ['fløjte', null],
  ])('%s → %s', (typed, meant) => expect(nearest(typed, known)).toBe(meant));
});
