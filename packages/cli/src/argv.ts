/** Options that every command has; people also write them first. `true`: a value follows. */
const common: Readonly<Record<string, boolean>> = {
  '--lang': true,
  '--url': true,
  '--json': false,
  '--csv': false,
};

/**
 * The words of a command line in the order that oclif reads: common options that stand before the command go behind
 * it, and `help staff list` is `staff list --help`.
 */
export function tidyArgv(argv: readonly string[]): string[] {
  const rest = [...argv];
  const leading: string[] = [];
  for (let word = rest[0]; word !== undefined; word = rest[0]) {
    const takesValue = common[word.split('=')[0] ?? word];
    if (takesValue === undefined) break;
    leading.push(...rest.splice(0, takesValue && !word.includes('=') ? 2 : 1));
  }
  if (rest[0] === 'help') return [...rest.slice(1), '--help', ...leading];
  // Without a command there is nothing for the option to belong to; the language has been chosen by then.
  if (rest.length === 0) return ['--help'];
  const end = rest.indexOf('--');
  return end === -1 ? [...rest, ...leading] : [...rest.slice(0, end), ...leading, ...rest.slice(end)];
}
