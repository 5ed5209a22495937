import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { say } from '../../language.ts';
import { askChoice, choices } from '../../ui/choices.ts';
import { codeArg } from '../../ui/citizens.ts';
import { reviewWords } from '../../ui/visit-words.ts';
import { word } from '../../ui/words.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsReview extends VisitsCommand {
  static override summary = say('Svar på, om video alene er godt nok', 'Answer whether video alone will do');
  static override args = { code: codeArg };
  static override flags = { answer: Flags.string(choices(reviewWords, say('Svaret', 'The answer'))) };
  static override examples = ['naer visits review B-7KQ25 --answer visit-planned'];

  async run() {
    const { args, flags } = await this.parse(VisitsReview);
    const answer = await askChoice(reviewWords, flags.answer, {
      question: say('Hvad blev svaret?', 'What is the answer?'),
      what: say('svaret', 'the answer'),
      option: '--answer',
    });
    const review = await this.call(visitsRoutes.answerReview, {
      params: { code: args.code },
      body: { answer },
    });
    this.log(`${review.citizen}: ${word(reviewWords, answer)}.`);
    return review;
  }
}
