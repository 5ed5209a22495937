import { programmeRoutes } from '@naer/core/contract/programme';
import { Flags } from '@oclif/core';
import { counted, language, say } from '../../language.ts';
import { ProgrammeCommand } from '../../programme-command.ts';
import { dateText } from '../../ui/figures.ts';
import { missingCard, programmeFlag } from '../../ui/programme.ts';
import { renderCard } from '../../ui/table.ts';

export default class ProgrammeMissing extends ProgrammeCommand {
  static override summary = say(
    'Hvad der mangler til den næste milepæl',
    'What is missing to reach the next milestone',
  );
  static override description = say(
    'Kun tal, aldrig navne. Med --mine ser en medarbejder sine egne borgere, der kan spørges eller kaldes op.',
    'Numbers only, never names. With --mine a worker sees the citizens of their own who can be offered it or called.',
  );
  static override flags = {
    ...programmeFlag,
    mine: Flags.boolean({ summary: say('Mine egne borgere', 'My own citizens') }),
  };
  static override examples = ['naer programme missing', 'naer programme missing --mine'];

  async run() {
    const { flags } = await this.parse(ProgrammeMissing);
    const { id } = await this.findProgramme(flags.programme);
    if (flags.mine) return this.#own(id);
    const missing = await this.call(programmeRoutes.missing, {
      params: { id },
      query: { language: language() },
    });
    this.log(`${missing.sentence}\n`);
    this.log(missingCard(missing));
    return missing;
  }

  async #own(id: string) {
    const own = await this.call(programmeRoutes.missingOwn, { params: { id } });
    const people = (n: number) => counted(n, ['borger', 'borgere'], ['citizen', 'citizens']);
    this.log(
      renderCard([
        [
          say('Mål', 'Target'),
          own.target === null ? '' : `${people(own.target.citizens)}, ${dateText(own.target.due)}`,
        ],
        [say('På video nu', 'By video now'), people(own.online)],
        [say('Egnede, aldrig spurgt', 'Suited, never asked'), own.suitedNeverOffered.join(', ')],
        [say('Ja tak, aldrig ringet op', 'Accepted, never called'), own.acceptedNeverCalled.join(', ')],
      ]),
    );
    return own;
  }
}
