import { visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { readOpeningHours } from '../../actions/opening-hours.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { readCarryOver, rulesCard } from '../../ui/visit-rules.ts';

const hours = say('"ma-fr 7-18"', '"mon-fri 7-18"');

export default class VisitsRules extends NaerCommand {
  static override summary = say(
    'Vis eller ret kommunens regler for besøg',
    "Show or change the municipality's rules for visits",
  );
  static override description = say('Kun det, du nævner, ændres.', 'Only what you name changes.');
  static override flags = {
    'day-hours': Flags.string({
      summary: say('Dagvagtens arbejdstid', 'Working hours of the day shift'),
      helpValue: hours,
    }),
    'evening-hours': Flags.string({
      summary: say('Aftenvagtens arbejdstid', 'Working hours of the evening shift'),
      helpValue: hours,
    }),
    'night-hours': Flags.string({
      summary: say('Nattevagtens arbejdstid', 'Working hours of the night shift'),
      helpValue: hours,
    }),
    closed: Flags.string({
      summary: say(
        'Lukket hvert år, måned først; tom for ingen',
        'Closed every year, month first; empty for none',
      ),
      helpValue: '12-24,12-31',
    }),
    'plan-ahead': Flags.integer({
      summary: say('Uger, som planer laver besøg for', 'Weeks that plans make visits for'),
      helpValue: say('UGER', 'WEEKS'),
    }),
    'video-only-weeks': Flags.integer({
      summary: say('Uger med kun video, før der spørges', 'Weeks of video alone before a review'),
      helpValue: say('UGER', 'WEEKS'),
    }),
    'carry-over': Flags.string({
      summary: say('Bevilget tid, der føres videre', 'Granted time that is carried over'),
      description: say(
        'none, undelivered:UGER:MINUTTER, both:UGER:MINUTTER',
        'none, undelivered:WEEKS:MINUTES, both:WEEKS:MINUTES',
      ),
    }),
    'too-little': Flags.integer({
      summary: say('Advar under denne del af det bevilgede', 'Warn below this share of the grant'),
      helpValue: '%',
    }),
    'too-little-weeks': Flags.integer({
      summary: say('Regnet over så mange uger', 'Over so many weeks'),
      helpValue: say('UGER', 'WEEKS'),
    }),
  };
  static override examples = [
    'naer visits rules',
    'naer visits rules --video-only-weeks 6 --carry-over undelivered:4:240 --closed 12-24,12-31',
  ];

  async run() {
    const { flags } = await this.parse(VisitsRules);
    const { 'day-hours': day, 'evening-hours': evening, 'night-hours': night } = flags;
    const rules = await this.call(visitsRoutes.showRules, {});
    const newHours = {
      ...(day === undefined ? {} : { day: readOpeningHours(day) }),
      ...(evening === undefined ? {} : { evening: readOpeningHours(evening) }),
      ...(night === undefined ? {} : { night: readOpeningHours(night) }),
    };
    const change = {
      workingHours: Object.keys(newHours).length === 0 ? undefined : { ...rules.workingHours, ...newHours },
      closedDays: flags.closed
        ?.split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
      planAheadWeeks: flags['plan-ahead'],
      videoOnlyWeeks: flags['video-only-weeks'],
      carryOver: readCarryOver(flags['carry-over']),
      tooLittlePercent: flags['too-little'],
      tooLittleWeeks: flags['too-little-weeks'],
    };
    const changes = Object.values(change).some((each) => each !== undefined);
    const now = changes ? await this.call(visitsRoutes.changeRules, { body: change }) : rules;
    this.log(rulesCard(now));
    return now;
  }
}
