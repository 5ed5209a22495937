import { type Programme, programmeRoutes } from '@naer/core/contract/programme';
import type { ProgrammeKind } from '@naer/core/contract/programme-codes';
import { readPastDay } from './actions/past-days.ts';
import { NaerCommand } from './base-command.ts';
import { CliError } from './errors/cli-error.ts';
import { language } from './language.ts';

type AskedFlags = { readonly at?: string | undefined; readonly checkpoint?: string | undefined };

/** Commands about a programme name it, or mean the only one there is. */
export abstract class ProgrammeCommand extends NaerCommand {
  /**
   * The programme that `--programme` names: its name, its number, or how one of them begins. Without a name it is the only
   * one, of `kind` where the command is for such; a constructed history stands back.
   *
   * Throws programme_none, programme_ambiguous with the names, or programme_unknown.
   */
  protected async findProgramme(named: string | undefined, kind?: ProgrammeKind): Promise<Programme> {
    const { items } = await this.call(programmeRoutes.list, {});
    return chooseProgramme(items, named, kind);
  }

  /** The query of a question of then, with the sentences in the person's language. */
  protected asked(flags: AskedFlags) {
    return { ...this.askedOnly(flags), language: language() };
  }

  protected askedOnly(flags: AskedFlags) {
    return { at: readPastDay(flags.at, new Date()), checkpoint: flags.checkpoint };
  }
}

export function chooseProgramme(
  programmes: readonly Programme[],
  named: string | undefined,
  kind?: ProgrammeKind,
): Programme {
  if (programmes.length === 0) throw new CliError('programme_none');
  const found = named === undefined ? meant(programmes, kind) : fitting(programmes, named);
  const [only] = found;
  if (only === undefined)
    throw new CliError('programme_unknown', { programme: named ?? '', known: namesOf(programmes) });
  if (found.length > 1) throw new CliError('programme_ambiguous', { names: namesOf(found) });
  return only;
}

const namesOf = (programmes: readonly Programme[]): string =>
  programmes.map(({ name }) => `"${name}"`).join(', ');

function meant(programmes: readonly Programme[], kind: ProgrammeKind | undefined): readonly Programme[] {
  const narrower = (all: readonly Programme[], fits: (programme: Programme) => boolean) => {
    const some = all.filter(fits);
    return some.length > 0 ? some : all;
  };
  const ofKind = narrower(programmes, (programme) => kind === undefined || programme.kind === kind);
  return narrower(ofKind, ({ isHistory }) => !isHistory);
}

function fitting(programmes: readonly Programme[], named: string): readonly Programme[] {
  const wanted = named.trim().toLowerCase();
  if (wanted === '') return [];
  const exact = programmes.filter(({ id, name }) => id === wanted || name.toLowerCase() === wanted);
  if (exact.length > 0) return exact;
  return programmes.filter(({ id, name }) => id.startsWith(wanted) || name.toLowerCase().startsWith(wanted));
}
