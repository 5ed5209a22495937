import { parseCitizenCode } from '@naer/core/contract/citizen-code';
import type { Citizen } from '@naer/core/contract/citizens';
import { Args, Flags } from '@oclif/core';
import { CliError } from '../errors/cli-error.ts';
import { language, say } from '../language.ts';
import { choice, pick } from './choices.ts';
import { orNull, readNumber } from './inputs.ts';
import { type Column, column, renderCard } from './table.ts';
import { dayText, moment } from './time.ts';
import {
  connectionWords,
  equipmentWords,
  identityReasonWords,
  periodWords,
  skillWords,
  statusWords,
  substituteWishWords,
  word,
} from './words.ts';

const granted = ({ granted: { minutes, per } }: Citizen) =>
  say(
    `${hours(minutes)} ${minutes === 60 ? 'time' : 'timer'} ${word(periodWords, per)}`,
    `${hours(minutes)} ${minutes === 60 ? 'hour' : 'hours'} ${word(periodWords, per)}`,
  );
const hours = (minutes: number) => (minutes / 60).toLocaleString(language(), { maximumFractionDigits: 2 });

export const citizenColumns = (): Column<Citizen>[] => [
  column(say('Kode', 'Code'), 'code', (citizen) => citizen.code),
  column(
    say('Forløb', 'Course'),
    'status',
    (citizen) => (citizen.erasedAt === null ? word(statusWords, citizen.status) : say('slettet', 'erased')),
    (citizen) => citizen.status,
  ),
  column('Team', 'team', (citizen) => citizen.team?.name ?? ''),
  column(say('Støtte', 'Worker'), 'worker', (citizen) => citizen.worker ?? ''),
  { ...column('', 'substitute', (citizen: Citizen) => citizen.substitute ?? ''), csvOnly: true },
  column(say('Paragraf', 'Basis'), 'legalBasis', (citizen) => citizen.legalBasis),
  column(say('Bevilget', 'Granted'), 'grantedMinutes', granted, (citizen) => citizen.granted.minutes),
  { ...column('', 'grantedPer', (citizen: Citizen) => citizen.granted.per), csvOnly: true },
];

export const citizenCard = (citizen: Citizen): string =>
  renderCard([
    [say('Kode', 'Code'), citizen.code],
    [say('Forløb', 'Course'), word(statusWords, citizen.status)],
    ['Team', citizen.team?.name ?? ''],
    [
      say('Støtte', 'Worker'),
      [citizen.worker, citizen.substitute]
        .filter((who) => who !== null)
        .join(say(', vikar ', ', substitute ')),
    ],
    [say('Paragraf', 'Legal basis'), citizen.legalBasis],
    [say('Bevilget', 'Granted'), granted(citizen)],
    [say('Støtte fra', 'Support from'), citizen.supportFrom === null ? '' : dayText(citizen.supportFrom)],
    [say('Eget udstyr', 'Own equipment'), word(equipmentWords, citizen.equipment)],
    [say('Forbindelse', 'Connection'), word(connectionWords, citizen.connection)],
    [say('It-færdigheder', 'IT skills'), word(skillWords, citizen.itSkills)],
    [say('Kendskab', 'Acquaintance'), acquaintance(citizen)],
    [say('Vikar på video', 'Substitute by video'), word(substituteWishWords, citizen.substituteByVideo)],
    ...(citizen.erasedAt === null ? [] : [[say('Slettet', 'Erased'), moment(citizen.erasedAt)] as const]),
  ]);

function acquaintance({ acquaintance: known }: Citizen): string {
  if (known.kind === 'met') return say(`mødt ${dayText(known.on)}`, `met ${dayText(known.on)}`);
  return known.kind === 'isolated'
    ? say('isoleret; video er vejen ind', 'isolated; video is the way in')
    : say('ikke mødt endnu', 'not met yet');
}

export const codeArg = Args.string({
  required: true,
  description: say('Borgerens kode, fx B-7KQ25', "The citizen's code, such as B-7KQ25"),
  parse: async (text) => {
    const code = parseCitizenCode(text);
    if (code === null) throw new CliError('code_unreadable', { code: text });
    return code;
  },
});

export const identityReasonFlag = choice(
  identityReasonWords,
  say('Hvorfor; det logges', 'Why; it is logged'),
);

export const identityFlags = () => ({
  reference: Flags.string({
    summary: say('Kommunens eget sagsnummer, aldrig CPR', "The municipality's own case number, never CPR"),
    helpValue: say('SAGSNR', 'REF'),
  }),
  name: Flags.string({ summary: say('Fulde navn', 'Full name') }),
  phone: Flags.string({ summary: say('Telefon', 'Telephone') }),
  email: Flags.string({ summary: 'E-mail' }),
  address: Flags.string({ summary: say('Adresse', 'Address') }),
});
type IdentityFlags = { readonly [flag in keyof ReturnType<typeof identityFlags>]?: string | undefined };

export const identityInput = (flags: IdentityFlags) => ({
  reference: flags.reference,
  name: flags.name,
  phone: orNull(flags.phone),
  email: orNull(flags.email),
  address: orNull(flags.address),
});

export const factFlags = () => ({
  team: Flags.string({ summary: 'Team' }),
  worker: Flags.string({ summary: say('Bostøttemedarbejder', 'Support worker'), helpValue: 'BM13' }),
  substitute: Flags.string({ summary: say('Vikar', 'Substitute'), helpValue: 'BM14' }),
  basis: Flags.string({ summary: say('Paragraf', 'Legal basis'), helpValue: '"SEL § 85"' }),
  hours: Flags.string({ summary: say('Bevilgede timer', 'Granted hours'), helpValue: '1,5' }),
  per: choice(periodWords, say('Timerne gælder for (ellers week)', 'The hours are for (else week)')),
  from: Flags.string({
    summary: say('Støtte fra denne dag', 'Support from this day'),
    helpValue: say('DAG', 'DAY'),
  }),
  equipment: choice(equipmentWords, say('Eget udstyr', 'Own equipment')),
  connection: choice(connectionWords, say('Forbindelse', 'Connection')),
  'it-skills': choice(skillWords, say('It-færdigheder', 'IT skills')),
  met: Flags.string({
    summary: say('Mødt hinanden denne dag', 'Met each other on this day'),
    helpValue: say('DAG', 'DAY'),
    exclusive: ['isolated'],
  }),
  'substitute-by-video': choice(
    substituteWishWords,
    say('Borgerens svar til video med en vikar', "The citizen's word on video with a substitute"),
  ),
  isolated: Flags.boolean({ summary: say('Isoleret; video er vejen ind', 'Isolated; video is the way in') }),
});
type FactFlags = { readonly [flag in keyof ReturnType<typeof factFlags>]?: string | boolean | undefined };

/** What such options come to; what was not given is left out, and an empty text clears. `readDay` reads a day. */
export function factInput(flags: FactFlags, readDay: (phrase: string) => string) {
  const text = (flag: keyof FactFlags) => {
    const value = flags[flag];
    return typeof value === 'string' ? value : undefined;
  };
  const upper = (flag: keyof FactFlags) => orNull(text(flag)?.toUpperCase());
  const day = (flag: keyof FactFlags) => {
    const value = orNull(text(flag));
    return typeof value === 'string' ? readDay(value) : value;
  };
  const grantedHours = readNumber(text('hours'), '--hours');
  const met = day('met');
  return {
    team: orNull(text('team')),
    worker: upper('worker'),
    substitute: upper('substitute'),
    legalBasis: text('basis'),
    granted:
      grantedHours === undefined
        ? undefined
        : { minutes: Math.round(grantedHours * 60), per: pick(periodWords, text('per'), '--per') ?? 'week' },
    supportFrom: day('from'),
    equipment: pick(equipmentWords, text('equipment'), '--equipment'),
    connection: pick(connectionWords, text('connection'), '--connection'),
    itSkills: pick(skillWords, text('it-skills'), '--it-skills'),
    substituteByVideo: pick(substituteWishWords, text('substitute-by-video'), '--substitute-by-video'),
    acquaintance:
      flags.isolated === true
        ? ({ kind: 'isolated' } as const)
        : typeof met === 'string'
          ? ({ kind: 'met', on: met } as const)
          : met === null
            ? ({ kind: 'not-met' } as const)
            : undefined,
  };
}
