import { type Command, CommandHelp, Help, type HelpBase, type Interfaces } from '@oclif/core';
import { say } from './language.ts';
import { commandNotFound } from './not-found.ts';
import { topicTexts } from './topics.ts';

type Body = Parameters<HelpBase['section']>[1];

class NaerCommandHelp extends CommandHelp {
  override section(header: string, body: Body): string {
    return super.section(heading(header), body);
  }

  protected override defaultUsage(): string {
    const args = Object.values(this.command.args).map((arg) =>
      (arg.required ? arg.name : `[${arg.name}]`).toUpperCase(),
    );
    return [this.command.id, ...args, say('[VALG]', '[OPTIONS]')].join(' ');
  }

  /** The summary stands at the top already. */
  protected override description(): string | undefined {
    return this.command.description === undefined ? undefined : this.wrap(this.command.description);
  }

  protected override examples(examples: Command.Example[] | undefined): string | undefined {
    return examples
      ?.map((example) => this.broken(`$ ${typeof example === 'string' ? example : example.command}`))
      .join('\n');
  }

  /** A long command goes on in the next line before an option, in the way that a shell reads. */
  private broken(command: string): string {
    const width = Math.min(this.opts.maxWidth ?? 80, 80) - this.indentSpacing - 2;
    const lines: string[] = [];
    for (const part of command.split(/ (?=--)/)) {
      const last = lines.at(-1);
      if (last !== undefined && last.length + 1 + part.length <= width)
        lines[lines.length - 1] = `${last} ${part}`;
      else lines.push(part);
    }
    return lines.join(' \\\n    ');
  }

  protected override flags(flags: Command.Flag.Any[]): [string, string | undefined][] | undefined {
    return super.flags(flags)?.map(([left, right]) => [inLanguage(left), right && inLanguage(right)]);
  }
}

/** oclif's help in the person's language, with a front page of our own. */
export class NaerHelp extends Help {
  protected override CommandHelpClass = NaerCommandHelp;

  override async showHelp(argv: string[]): Promise<void> {
    const words = argv.slice(0, argv.findIndex((word) => word.startsWith('-')) >>> 0);
    const [topic, verb] = words;
    const within = `${topic}:${verb}`;
    const known =
      topic === undefined ||
      this.config.findCommand(topic) !== undefined ||
      this.config.findTopic(topic) !== undefined;
    const verbKnown =
      verb === undefined ||
      this.config.findCommand(topic ?? '') !== undefined ||
      this.config.findCommand(within) !== undefined ||
      this.config.findTopic(within) !== undefined;
    if (!known || !verbKnown) {
      await commandNotFound.call(
        undefined as never,
        { id: words.slice(0, 2).join(':'), config: this.config } as never,
      );
      return;
    }
    await super.showHelp(argv);
  }

  protected override async showRootHelp(): Promise<void> {
    const topics = topicTexts();
    const widest = Math.max(...topics.map(([topic]) => topic.length));
    const rows = (list: readonly (readonly [string, string])[]) =>
      list.map(([name, text]) => `  ${name.padEnd(widest)}  ${text}`).join('\n');
    const alone = this.sortedCommands
      .filter((command) => !command.id.includes(':'))
      .map((command) => [command.id, command.summary ?? ''] as const);
    this.log(
      [
        say(
          'Nær: borgere, besøg og rum til online bostøtte.',
          'Nær: citizens, visits and rooms for online bostøtte.',
        ),
        this.section('USAGE', `naer ${say('EMNE KOMMANDO [VALG]', 'TOPIC COMMAND [OPTIONS]')}`),
        `${this.heading(say('EMNER', 'TOPICS'))}\n${rows(topics)}`,
        `${this.heading(say('OG', 'AND'))}\n${rows(alone)}`,
        `${this.heading(say('PRØV', 'TRY'))}\n${[
          'naer visits today',
          say(
            'naer visits plan B-7KQ25 --video "tirsdag 10" --minutes 20 --weekly',
            'naer visits plan B-7KQ25 --video "tuesday 10" --minutes 20 --weekly',
          ),
          say(
            'naer rooms free "i morgen 10-10.30" --needs camera,quiet',
            'naer rooms free "tomorrow 10-10:30" --needs camera,quiet',
          ),
          'naer citizens import borgere.csv --dry-run',
          'naer programme status',
        ]
          .map((line) => `  $ ${line}`)
          .join('\n')}`,
        say(
          '»naer EMNE --help« viser mere. Alt kan svare med --json. In English: --lang en',
          '"naer TOPIC --help" shows more. Anything can answer --json. Dansk: --lang da',
        ),
      ].join('\n\n'),
    );
  }

  protected override formatTopic(topic: Interfaces.Topic): string {
    const usage = `naer ${topic.name.replaceAll(':', ' ')} ${say('KOMMANDO', 'COMMAND')}`;
    return `${topic.description ?? ''}\n\n${this.section('USAGE', usage)}\n`;
  }

  override section(header: string, body: Body): string {
    return super.section(heading(header), body);
  }

  private heading(text: string): string {
    return super.section(text, '').trimEnd();
  }
}

/** oclif's own headings, which it holds in English only. */
function heading(header: string): string {
  const known: Readonly<Record<string, string>> = {
    USAGE: say('BRUG', 'USAGE'),
    ARGUMENTS: say('ARGUMENTER', 'ARGUMENTS'),
    FLAGS: say('VALG', 'OPTIONS'),
    'FÆLLES FLAGS': 'FÆLLES VALG',
    'COMMON FLAGS': 'COMMON OPTIONS',
    DESCRIPTION: say('BESKRIVELSE', 'DESCRIPTION'),
    EXAMPLES: say('EKSEMPLER', 'EXAMPLES'),
    COMMANDS: say('KOMMANDOER', 'COMMANDS'),
    TOPICS: say('EMNER', 'TOPICS'),
    'FLAG DESCRIPTIONS': say('VÆRDIER', 'VALUES'),
  };
  return known[header] ?? header;
}

const inLanguage = (text: string): string =>
  text
    .replace('<value>', say('VÆRDI', 'VALUE'))
    .replace('(required)', say('(skal med)', '(required)'))
    .replace('[default: ', say('[ellers: ', '[default: '))
    .replace('[env: ', say('[miljø: ', '[env: '));
