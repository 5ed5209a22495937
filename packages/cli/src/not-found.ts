import type { Hook } from '@oclif/core';
import { CliError } from './errors/cli-error.ts';
import { say } from './language.ts';

/** Names the nearest command, and never runs it unasked. */
export const commandNotFound: Hook.CommandNotFound = async ({ id, config }) => {
  const near = nearest(id, [
    ...new Set(config.commandIDs.flatMap((known) => [known, known.split(':')[0] ?? known])),
  ]);
  const hint =
    near === null
      ? say('Se dem alle med »naer --help«.', 'See them all with "naer --help".')
      : say(
          `Mente du »naer ${near.replaceAll(':', ' ')}«?`,
          `Did you mean "naer ${near.replaceAll(':', ' ')}"?`,
        );
  throw new CliError('unknown_command', { command: id.replaceAll(':', ' '), hint });
};

/** The known name fewest edits away, if it is near enough to be a slip. */
export function nearest(word: string, known: readonly string[]): string | null {
  let best: string | null = null;
  let fewest = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const name of known) {
    const distance = edits(word, name);
    if (distance < fewest) [best, fewest] = [name, distance];
  }
  return best;
}

/** Levenshtein distance. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries()) {
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      );
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
