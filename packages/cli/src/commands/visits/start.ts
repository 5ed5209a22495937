import { callsRoutes } from '@naer/core/contract/calls';
import { type Visit, visitsRoutes } from '@naer/core/contract/visits';
import { Flags } from '@oclif/core';
import { findOpener, openInBrowser } from '../../actions/browser.ts';
import { clockText } from '../../actions/days.ts';
import { CliError } from '../../errors/cli-error.ts';
import { say } from '../../language.ts';
import { happenedFlag, visitArg, visitCard } from '../../ui/visits.ts';
import { VisitsCommand } from '../../visits-command.ts';

export default class VisitsStart extends VisitsCommand {
  static override summary = say('Begynd et besøg', 'Begin a visit');
  static override description = say(
    'Et skærmbesøg åbner samtalens side i din browser; det går i gang af sig selv, når I begge er dér. Et fysisk besøg og et opkald begynder nu. Blev et besøg fysisk undervejs, er det her, du siger, at du er fremme. Med --at skrives det ned, hvornår et besøg begyndte.',
    'A video visit opens the page of the call in your browser; it begins by itself when you are both there. A visit in person and a phone call begin now. Where a visit turned into one in person, this is how you say that you are there. With --at it is recorded when a visit began.',
  );
  static override args = { visit: visitArg };
  static override flags = {
    at: happenedFlag,
    agenda: Flags.string({
      summary: say('Hvad I skal tale om; det ses på siden', 'What you will speak of; the page shows it'),
      helpValue: say('TEKST', 'TEXT'),
      exclusive: ['at'],
    }),
    print: Flags.boolean({
      summary: say('Skriv linket i stedet for at åbne det', 'Print the link instead of opening it'),
      exclusive: ['at'],
    }),
  };
  static override examples = [
    'naer visits start B-7KQ25',
    say(
      'naer visits start B-7KQ25 --agenda "Posten og ugen"',
      'naer visits start B-7KQ25 --agenda "Post and week"',
    ),
    'naer visits start 3f0c2a52 --at 10.05',
  ];

  async run() {
    const { args, flags } = await this.parse(VisitsStart);
    const found = await this.findVisit(args.visit, 'current');
    if (found.channel === 'video' && flags.at === undefined) return this.#call(found, flags);
    const at = this.happenedAt(flags.at, found);
    const visit = await this.call(visitsRoutes.start, { params: { id: found.id }, body: { at } });
    this.log(visitCard(visit));
    return visit;
  }

  /** The link is told only where it is asked for: whoever opens it first is the host. */
  async #call(
    visit: Visit,
    { print, agenda }: { readonly print: boolean; readonly agenda?: string | undefined },
  ) {
    // Known before a link is made, since a new one ends what the one before held.
    const opener = print ? null : findOpener(process.platform, process.env);
    if (!print && opener === null) throw new CliError('browser_not_opened');
    const { url, expiresAt } = await this.call(callsRoutes.start, {
      params: { id: visit.id },
      body: { agenda },
    });
    if (opener !== null) await openInBrowser(opener, url);
    const until = clockText(expiresAt);
    if (opener === null) {
      this.log(url);
      this.note(
        say(
          `Linket er dit eget og åbner én gang, senest kl. ${until}.`,
          `The link is yours alone and opens once, by ${until} at the latest.`,
        ),
      );
    } else {
      this.log(
        say(
          `Samtalen med ${visit.citizen} åbner i din browser. Sker der ikke noget, så kør igen med --print.`,
          `The call with ${visit.citizen} opens in your browser. If nothing happens, run again with --print.`,
        ),
      );
    }
    return { visit: visit.id, citizen: visit.citizen, expiresAt, ...(opener === null ? { url } : {}) };
  }
}
