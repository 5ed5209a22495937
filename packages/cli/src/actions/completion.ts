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
  const verbs = first.flatMap((topic) => {
    const list = commands
      .filter(({ id }) => id.startsWith(`${topic}:`))
      .map(({ id }) => id.slice(topic.length + 1));
    return list.length === 0 ? [] : [`      ${topic}) words="${list.join(' ')}" ;;`];
  });
  const options = commands.map(
    ({ id, flags }) => `      "${id.replace(':', ' ')}"*) words="${optionsOf(flags)}" ;;`,
  );
  return `_naer() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [[ "$cur" == -* ]]; then
    case "\${COMP_WORDS[1]} \${COMP_WORDS[2]}" in
${options.sort((a, b) => b.length - a.length).join('\n')}
    esac
  elif [[ $COMP_CWORD -eq 1 ]]; then
    words="${first.join(' ')}"
  elif [[ $COMP_CWORD -eq 2 ]]; then
    case "\${COMP_WORDS[1]}" in
${verbs.join('\n')}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _naer naer`;
}

function fishScript(commands: readonly Known[]): string {
  const lines = commands.flatMap(({ id, summary, flags }) => {
    const [topic = id, verb] = id.split(':');
    const text = quoted(summary ?? '');
    const within =
      verb === undefined
        ? `__fish_seen_subcommand_from ${topic}`
        : `__fish_seen_subcommand_from ${topic}; and __fish_seen_subcommand_from ${verb}`;
    return [
      verb === undefined
        ? `complete -c naer -n __fish_use_subcommand -a ${topic} -d ${text}`
        : `complete -c naer -n '__fish_seen_subcommand_from ${topic}' -a ${verb} -d ${text}`,
      ...Object.entries(flags).map(
        ([flag, { summary: what }]) => `complete -c naer -n '${within}' -l ${flag} -d ${quoted(what ?? '')}`,
      ),
    ];
  });
  const topics = [
    ...new Set(commands.flatMap(({ id }) => (id.includes(':') ? [id.split(':')[0] ?? id] : []))),
  ];
  return [...topics.map((topic) => `complete -c naer -n __fish_use_subcommand -a ${topic}`), ...lines].join(
    '\n',
  );
}

const optionsOf = (flags: Known['flags']): string =>
  Object.keys(flags)
    .map((flag) => `--${flag}`)
    .join(' ');
const quoted = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;
