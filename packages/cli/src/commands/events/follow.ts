import { setTimeout as pause } from 'node:timers/promises';
import { Flags } from '@oclif/core';
import { followEvents } from '../../actions/follow-events.ts';
import { NaerCommand } from '../../base-command.ts';
import { say } from '../../language.ts';
import { oneLine } from '../../ui/table.ts';
import { shortMoment } from '../../ui/time.ts';

export default class EventsFollow extends NaerCommand {
  static override summary = say('Følg ændringer, mens de sker', 'Follow changes as they happen');
  static override description = say(
    'Med --json kommer hver ændring på sin egen linje. Brydes forbindelsen, fortsættes der, hvor den slap. Stop med Ctrl-C.',
    'With --json each change is a line of its own. If the connection breaks it goes on from where it left off. Stop with Ctrl-C.',
  );
  static override flags = {
    after: Flags.string({
      summary: say(
        'Begynd efter denne position; 0 er fra begyndelsen',
        'Begin after this position; 0 is from the beginning',
      ),
      helpValue: 'N',
    }),
    count: Flags.integer({
      summary: say('Stop efter så mange', 'Stop after so many'),
      min: 1,
      helpValue: 'N',
    }),
  };
  static override examples = ['naer events follow', 'naer events follow --after 0 --json | jq .type'];

  async run() {
    const { flags } = await this.parse(EventsFollow);
    const end = new AbortController();
    const json = this.jsonEnabled();
    const onBreak = (waitMs: number) =>
      this.note(
        say(
          `Forbindelsen er brudt; prøver igen om ${waitMs / 1000} s.`,
          `The connection broke; trying again in ${waitMs / 1000} s.`,
        ),
      );
    const onReset = () =>
      this.note(
        say(
          'Ældre ændringer er ikke gemt mere; her er det, der sker fra nu af.',
          'Older changes are no longer kept; here is what happens from now on.',
        ),
      );
    let left = flags.count ?? Number.POSITIVE_INFINITY;
    for await (const event of followEvents(await this.client(), {
      after: flags.after,
      signal: end.signal,
      onReset,
      onBreak,
      pause,
    })) {
      const { kind, id } = event.entity;
      process.stdout.write(
        json
          ? `${JSON.stringify(event)}\n`
          : `${event.position.padStart(6)}  ${shortMoment(event.occurredAt)}  ${oneLine(`${event.type}  ${kind} ${id}`)}\n`,
      );
      left -= 1;
      if (left === 0) break;
    }
    end.abort();
  }
}
