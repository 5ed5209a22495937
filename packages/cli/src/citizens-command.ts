import type { IdentityReason } from '@naer/core/contract/citizens';
import { readDay } from './actions/times.ts';
import { NaerCommand } from './base-command.ts';
import { say } from './language.ts';
import { pick } from './ui/choices.ts';
import { ask } from './ui/terminal.ts';
import { identityReasonWords, type Words, word } from './ui/words.ts';

/** Commands about citizens ask for a reason where the law wants one. */
export abstract class CitizensCommand extends NaerCommand {
  protected day(phrase: string): string {
    return readDay(phrase, new Date());
  }

  /** The reason for reading an identity: the option, else asked for. */
  protected identityReason(given: string | undefined): Promise<IdentityReason> {
    return this.reason(identityReasonWords, given, say('Hvorfor læser du det?', 'Why do you read it?'));
  }

  /** One code of a closed list: the option `--reason`, else asked for on a terminal, where `offered` are shown. */
  protected async reason<Code extends string>(
    words: Words<Code>,
    given: string | undefined,
    question: string,
    offered: readonly Code[] = Object.keys(words) as Code[],
  ): Promise<Code> {
    if (given !== undefined) return pick(words, given, '--reason');
    const choices = offered.map((code) => `  ${code.padEnd(24)} ${word(words, code)}`).join('\n');
    const flag = `--reason ${offered[0] ?? ''}`;
    return pick(
      words,
      await ask(`${choices}\n${question}`, { what: say('grunden', 'the reason'), flag }),
      '--reason',
    );
  }
}
