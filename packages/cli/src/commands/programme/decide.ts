import { programmeRoutes } from '@naer/core/contract/programme';
import { type DecisionChoice, decisions } from '@naer/core/contract/programme-codes';
import { Args } from '@oclif/core';
import { readPastDay } from '../../actions/past-days.ts';
import { say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { askChoice } from '../../ui/choices.ts';
import { dateText } from '../../ui/figures.ts';
import { onFlag, programmeFlag, referenceFlag } from '../../ui/programme.ts';
import { decisionChoiceWords, decisionKindWords } from '../../ui/programme-words.ts';
import type { Words } from '../../ui/words.ts';
import { word } from '../../ui/words.ts';

const all = Object.entries(decisions)
  .map(([kind, choices]) => `${kind}: ${choices.join(', ')}`)
  .join('. ');

export default class ProgrammeDecide extends ProgrammeCommand {
  static override summary = say('Skriv en beslutning ned', 'Record a decision');
  static override description = say(
    `Den seneste af hver slags gælder. ${all}.`,
    `The latest of each kind holds. ${all}.`,
  );
  static override args = {
    kind: Args.string({ description: say('Om hvad; ellers spørges der', 'About what; else it is asked') }),
    choice: Args.string({ description: say('Hvad der er valgt', 'What was chosen') }),
  };
  static override flags = { ...programmeFlag, ...onFlag, ...referenceFlag };
  static override examples = [
    'naer programme decide expectation must --reference "sag 26/1042"',
    'naer programme decide equipment loans --on 2026-02-02',
  ];

  async run() {
    const { args, flags } = await this.parse(ProgrammeDecide);
    const on = readPastDay(flags.on, new Date());
    const kind = await askChoice(decisionKindWords, args.kind, {
      question: say('Hvad er der besluttet om?', 'What was decided about?'),
      what: say('hvad der er besluttet om', 'what was decided about'),
      option: say('beslutningen', 'the decision'),
      flag: 'expectation must',
    });
    const among: readonly DecisionChoice[] = decisions[kind];
    const words = Object.fromEntries(among.map((code) => [code, decisionChoiceWords[code]]));
    const choice = await askChoice(words as Words<DecisionChoice>, args.choice, {
      question: say('Hvad er valgt?', 'What was chosen?'),
      what: say('valget', 'the choice'),
      option: kind,
      flag: `${kind} ${among[0] ?? ''}`,
    });
    const { id } = await this.findProgramme(flags.programme);
    const decision = await this.call(programmeRoutes.decide, {
      params: { id },
      body: { kind, choice, on, reference: flags.reference },
    });
    this.log(
      `${word(decisionKindWords, decision.kind)}: ${word(decisionChoiceWords, decision.choice)}, ${dateText(decision.on)}`,
    );
    return decision;
  }
}
