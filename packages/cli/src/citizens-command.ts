import type { IdentityReason } from '@naer/core/contract/citizens';
import { readDay } from './actions/times.ts';
import { NaerCommand } from './base-command.ts';
import { say } from './language.ts';
import { askChoice } from './ui/choices.ts';
import { identityReasonWords, type Words } from './ui/words.ts';

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
    return askChoice(words, given, {
      question,
      what: say('grunden', 'the reason'),
      option: '--reason',
      offered,
    });
  }
}
