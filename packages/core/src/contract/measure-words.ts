import type { Figures } from './measures.ts';

/** Every number of `figures` by its path, such as `funnel.offered`. */
type PathsOf<Numbers> = {
  [Key in keyof Numbers & string]: Numbers[Key] extends number | null
    ? Key
    : `${Key}.${PathsOf<Numbers[Key]>}`;
}[keyof Numbers & string];
export type FigurePath = PathsOf<Figures>;

/** What a measure is called, and what exactly it counts. */
export interface MeasureWords {
  readonly da: readonly [name: string, definition: string];
  readonly en: readonly [name: string, definition: string];
}

const channelWords = {
  video: ['på video', 'by video'],
  physical: ['ved fremmøde', 'in person'],
  phone: ['på telefon', 'by phone'],
} as const;
type Channel = keyof typeof channelWords;

const words = (da: readonly [string, string], en: readonly [string, string]): MeasureWords => ({ da, en });

const held = (channel: Channel): MeasureWords => {
  const [da, en] = channelWords[channel];
  const partly =
    channel === 'video'
      ? [
          ' Et besøg, der kun delvis var på video, tæller her.',
          ' One that was by video only in part counts here.',
        ]
      : ['', ''];
  return words(
    [`Holdt ${da}`, `Besøg ${da}, som blev holdt i perioden.${partly[0]}`],
    [`Held ${en}`, `Visits ${en} that were held in the period.${partly[1]}`],
  );
};
const cancelled = (channel: Channel): MeasureWords => {
  const [da, en] = channelWords[channel];
  return words(
    [`Aflyst ${da}`, `Besøg ${da}, som var aftalt til perioden og blev aflyst.`],
    [`Cancelled ${en}`, `Visits ${en} that were agreed for the period and cancelled.`],
  );
};
const futile = (channel: Channel): MeasureWords => {
  const [da, en] = channelWords[channel];
  return words(
    [`Forgæves ${da}`, `Besøg ${da} i perioden, hvor borgeren ikke var der eller ikke svarede.`],
    [`No-shows ${en}`, `Visits ${en} in the period where the citizen was not there or did not answer.`],
  );
};
const failed = (channel: Channel): MeasureWords => {
  const [da, en] = channelWords[channel];
  return words(
    [
      `Tekniske fejl ${da}`,
      `Besøg ${da} i perioden, som teknikken forhindrede, også når samtalen siden blev taget på telefon.`,
    ],
    [
      `Technical failures ${en}`,
      `Visits ${en} in the period that technology prevented, also where the talk was made good by phone.`,
    ],
  );
};

const sessions = (da: string, en: string): MeasureWords =>
  words(
    [`${da} skærmbesøg`, `Borgere, som indtil dagen har haft ${da} holdte skærmbesøg i alt.`],
    [`${en} video visits`, `Citizens who have had ${en} held video visits altogether until the day.`],
  );
const share = (range: string): MeasureWords =>
  words(
    [
      `${range} % på video`,
      `Borgere, som har fået ${range} % af deres støtteminutter på video indtil dagen, af dem, der har modtaget online støtte.`,
    ],
    [
      `${range} % by video`,
      `Citizens who have had ${range} % of their minutes of support by video until the day, of those who have received online support.`,
    ],
  );

/** Names and definitions of every number, as report, terminal and chat show them. modules/programme/measures counts by these. */
export const measureWords: Readonly<Record<FigurePath, MeasureWords>> = {
  hasReceived: words(
    ['Har modtaget', 'Borgere med mindst ét holdt skærmbesøg indtil dagen: et løbende tal.'],
    ['Has received', 'Citizens with at least one held video visit until the day: a running total.'],
  ),
  receivesRegularly: words(
    ['Modtager jævnligt', 'Borgere med mindst to holdte skærmbesøg i de 28 dage, der slutter med dagen.'],
    [
      'Receives regularly',
      'Citizens with at least two held video visits in the 28 days that end with the day.',
    ],
  ),
  implementationRate: words(
    ['Udbredelsesgrad', 'Borgere, der modtager jævnligt, divideret med målgruppen.'],
    ['Implementation rate', 'Citizens who receive regularly, divided by the target group.'],
  ),
  'sessions.1': words(
    ['1 skærmbesøg', 'Borgere, som indtil dagen har haft ét holdt skærmbesøg i alt.'],
    ['1 video visit', 'Citizens who have had one held video visit altogether until the day.'],
  ),
  'sessions.2-3': sessions('2–3', '2–3'),
  'sessions.4-7': sessions('4–7', '4–7'),
  'sessions.over-7': sessions('over 7', 'over 7'),
  'onlineShare.0-24': share('0–24'),
  'onlineShare.25-49': share('25–49'),
  'onlineShare.50-74': share('50–74'),
  'onlineShare.75-100': share('75–100'),
  'funnel.offered': words(
    ['Tilbudt', 'Borgere, som er blevet tilbudt online støtte indtil dagen, og alle, der er nået længere.'],
    ['Offered', 'Citizens who were offered online support until the day, and all who got further.'],
  ),
  'funnel.accepted': words(
    ['Sagt ja', 'Borgere, som har sagt ja indtil dagen, og alle, der er nået længere.'],
    ['Accepted', 'Citizens who said yes until the day, and all who got further.'],
  ),
  'funnel.declined': words(
    ['Sagt nej', 'Borgere, som mindst én gang har sagt nej indtil dagen, også hvis de siden har sagt ja.'],
    ['Declined', 'Citizens who said no at least once until the day, also if they said yes later.'],
  ),
  'funnel.introduced': words(
    [
      'Introduceret',
      'Borgere, som er blevet introduceret til video indtil dagen, og alle, der er nået længere.',
    ],
    ['Introduced', 'Citizens who were introduced to video until the day, and all who got further.'],
  ),
  'funnel.firstCall': words(
    ['Første opkald', 'Borgere med mindst ét holdt skærmbesøg indtil dagen; de samme som »har modtaget«.'],
    ['First call', 'Citizens with at least one held video visit until the day; the same as "has received".'],
  ),
  'funnel.regular': words(
    [
      'Nået til jævnligt',
      'Borgere, som på et tidspunkt indtil dagen har modtaget jævnligt, uanset om de gør det nu.',
    ],
    [
      'Became regular',
      'Citizens who at some time until the day received regularly, whether they do now or not.',
    ],
  ),
  'channels.video.held': held('video'),
  'channels.video.cancelled': cancelled('video'),
  'channels.video.futile': futile('video'),
  'channels.video.failed': failed('video'),
  'channels.physical.held': held('physical'),
  'channels.physical.cancelled': cancelled('physical'),
  'channels.physical.futile': futile('physical'),
  'channels.physical.failed': failed('physical'),
  'channels.phone.held': held('phone'),
  'channels.phone.cancelled': cancelled('phone'),
  'channels.phone.futile': futile('phone'),
  'channels.phone.failed': failed('phone'),
  technicalFailureRate: words(
    [
      'Andel tekniske fejl',
      'Skærmbesøg med teknisk fejl, divideret med dem, der blev holdt eller fejlede, i perioden.',
    ],
    [
      'Technical failure rate',
      'Video visits that failed technically, divided by those held or failed, in the period.',
    ],
  ),
  'workers.employed': words(
    ['Medarbejdere', 'Bostøttemedarbejdere, der er ansat på dagen.'],
    ['Workers', 'Support workers who are employed on the day.'],
  ),
  'workers.active': words(
    ['Aktive på video', 'Ansatte bostøttemedarbejdere med mindst ét holdt skærmbesøg i perioden.'],
    ['Active by video', 'Employed support workers with at least one held video visit in the period.'],
  ),
  'workers.trained': words(
    ['Oplært', 'Ansatte bostøttemedarbejdere, som er oplært i udstyr og metode indtil dagen.'],
    ['Trained', 'Employed support workers who were trained in equipment and method until the day.'],
  ),
  'workers.informed': words(
    [
      'Orienteret om datasikkerhed',
      'Ansatte bostøttemedarbejdere, som er orienteret om datasikkerhed indtil dagen.',
    ],
    [
      'Informed on data security',
      'Employed support workers who were informed on data security until the day.',
    ],
  ),
};

/** The paths in the order in which they are shown. */
export const figurePaths: readonly FigurePath[] = Object.keys(measureWords).filter(
  (path): path is FigurePath => Object.hasOwn(measureWords, path),
);

/** The part of a municipality that is in no team, in its month-ends. */
export const withoutTeam = { id: 'none', name: 'Uden team' } as const;

/** Teams, municipalities and programmes have names of their own; whoever is in no team is called so. */
export const unitName = (
  { id, name }: { readonly id: string | null; readonly name: string },
  language: 'da' | 'en',
): string => (id === withoutTeam.id && language === 'en' ? 'No team' : name);
