import type { Command } from '@oclif/core';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];
type Known = Pick<Command.Loadable, 'id' | 'summary' | 'flags'>;

/** A script for a shell that completes topics, verbs and options; elsewhere it leaves file names to the shell. */
export function completionScript(shell: Shell, commands: readonly Known[]): string {
  if (shell === 'fish') return fishScript(commands);
  const zsh = shell === 'zsh' ? 'autoload -Uz compinit bashcompinit && compinit && bashcompinit\n' : '';
  return zsh + bashScript(commands);
}

function bashScript(commands: readonly Known[]): string {
  const first = [...new Set(commands.map(({ id }) => id.split(':')[0] ?? id))].sort();
  const within = (topic: string): readonly string[] =>
    commands
      .filter(({ id }) => id.startsWith(`${topic}:`))
      .map(({ id }) => id.slice(topic.length + 1).split(':')[0] ?? '');
  const verbs = first.flatMap((topic) => {
    const list = new Set(within(topic));
    return list.size === 0 ? [] : [`      ${topic}) words="${[...list].join(' ')}" ;;`];
  });
  const inner = [...new Set(commands.map(({ id }) => id.split(':').slice(0, -1).join(':')))]
    .filter((topic) => topic.includes(':'))
    .map((topic) => `      "${topic.replaceAll(':', ' ')}") words="${within(topic).join(' ')}" ;;`);
  const options = commands.map(
    ({ id, flags }) => `      "${id.replaceAll(':', ' ')}"*) words="${optionsOf(flags)}" ;;`,
  );
  return `_naer() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [[ "$cur" == -* ]]; then
    case "\${COMP_WORDS[*]:1:3}" in
${options.sort((a, b) => b.length - a.length).join('\n')}
    esac
  elif [[ $COMP_CWORD -eq 1 ]]; then
    words="${first.join(' ')}"
  elif [[ $COMP_CWORD -eq 2 ]]; then
    case "\${COMP_WORDS[1]}" in
${verbs.join('\n')}
    esac
  elif [[ $COMP_CWORD -eq 3 ]]; then
    case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${inner.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _naer naer`;
}

function fishScript(commands: readonly Known[]): string {
  const lines = commands.flatMap(({ id, summary, flags }) => {
    const words = id.split(':');
    const verb = words.at(-1) ?? id;
    const text = quoted(summary ?? '');
    const seen = (names: readonly string[]) =>
      names.map((name) => `__fish_seen_subcommand_from ${name}`).join('; and ');
    const within = seen(words);
    const before = words.length === 1 ? '__fish_use_subcommand' : quoted(seen(words.slice(0, -1)));
    return [
      `complete -c naer -n ${before} -a ${verb} -d ${text}`,
      ...Object.entries(flags).map(
        ([flag, { summary: what }]) => `complete -c naer -n '${within}' -l ${flag} -d ${quoted(what ?? '')}`,
      ),
    ];
  });
  const split = commands.map(({ id }) => id.split(':'));
  const topics = new Set(split.flatMap(([topic = '', ...verbs]) => (verbs.length > 0 ? [topic] : [])));
  const inner = new Set(
    split.flatMap(([topic, within, ...verbs]) =>
      verbs.length > 0 ? [`complete -c naer -n '__fish_seen_subcommand_from ${topic}' -a ${within}`] : [],
    ),
  );
  return [
    ...[...topics].map((topic) => `complete -c naer -n __fish_use_subcommand -a ${topic}`),
    ...inner,
    ...lines,
  ].join('\n');
}

const optionsOf = (flags: Known['flags']): string =>
  Object.keys(flags)
    .map((flag) => `--${flag}`)
    .join(' ');
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
