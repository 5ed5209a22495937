import type { Forecast } from '../../../contract/index.ts';
import type { Language } from '../../../kernel/errors.ts';
import { joinedDays, shownDay } from '../wording.ts';
import { daysBetween, type ForecastMeasure, fewSteps } from './series.ts';

const nouns: Readonly<Record<ForecastMeasure, Readonly<Record<Language, string>>>> = {
  'has-received': { da: 'har modtaget', en: 'have received' },
  'receives-regularly': { da: 'modtager jævnligt', en: 'receive regularly' },
};

/** How a forecast was made, in one line; with little history it says that as well. */
export function methodOf(measure: ForecastMeasure, steps: number, language: Language): string {
  const method =
    measure === 'has-received'
      ? {
          da: 'de seneste ugers fart med dæmpet tendens (negativ binomial)',
          en: "the last weeks' speed with a damped trend (negative binomial)",
        }
      : {
          da: 'dæmpet tendens med et spænd efter, hvor meget reglen hidtil har ramt ved siden af',
          en: 'damped trend, as unsure as the same rule has been wrong before',
        };
  if (steps >= fewSteps) return method[language];
  const few =
    language === 'da'
      ? `der er kun ${steps} målinger at regne på, så spændet er bredt`
      : `there are only ${steps} measurements to go by, so the interval is wide`;
  return `${method[language]}; ${few}`;
}

/** When a target is expected to be reached: "3.–29. november 2026", "tidligst 3. november 2026", or null beyond two years. */
export function arrivalWords({ reachedOn }: Forecast, language: Language): string | null {
  const { early, late } = reachedOn;
  if (early === null) return null;
  if (late !== null) return joinedDays(early, late, language);
  return language === 'da'
    ? `tidligst ${shownDay(early, language)}`
    : `${shownDay(early, language)} at the earliest`;
}

/**
 * Whether, and when, a number will be reached: what a leader reads aloud.
 *
 * @param value how many there are on the day; null where a month-end hides it
 */
export function describeForecast(
  forecast: Forecast,
  value: number | null,
  at: string,
  language: Language,
): string {
  const { target, due, onDue, chance, reachedOn } = forecast;
  const measure: ForecastMeasure =
    forecast.measure === 'receives-regularly' ? 'receives-regularly' : 'has-received';
  const noun = nouns[measure][language];
  const few = /; (.*)$/.exec(forecast.method)?.[1];
  const note = few === undefined ? '' : ` ${few.charAt(0).toUpperCase()}${few.slice(1)}.`;
  if (reachedOn.late !== null && reachedOn.late <= at) {
    const day = shownDay(reachedOn.late, language);
    return language === 'da'
      ? `${target} borgere ${noun}: nået ${day}.`
      : `${target} citizens ${noun}: reached on ${day}.`;
  }
  const arrival = arrivalWords(forecast, language);
  const isOver = daysBetween(at, due) < 0;
  const day = shownDay(due, language);
  if (language === 'da') {
    const when =
      arrival === null ? 'Med den fart nås det ikke inden for to år.' : `Med den fart nås det ${arrival}.`;
    const now =
      value === null
        ? `Hvor mange der ${noun}, er skjult`
        : `${value} ${value === 1 ? 'borger' : 'borgere'} ${noun}`;
    if (isOver) return `${now}; ${target} skulle være nået ${day}. ${when}${note}`;
    return `${now}${value === null ? '' : ' nu'}; ${day} ventes ${span(onDue)}. Chancen for ${target} inden da er ${percent(chance, language)}. ${when}${note}`;
  }
  const when =
    arrival === null
      ? 'At this speed it is not reached within two years.'
      : `At this speed it is reached ${arrival.endsWith('earliest') ? '' : 'between '}${arrival}.`;
  const now =
    value === null
      ? `How many ${noun} is hidden`
      : value === 1
        ? `1 citizen ${measure === 'has-received' ? 'has received' : 'receives regularly'}`
        : `${value} citizens ${noun}`;
  if (isOver) return `${now}; ${target} was due on ${day}. ${when}${note}`;
  return `${now}${value === null ? '' : ' now'}; ${span(onDue)} are expected on ${day}. The chance of ${target} by then is ${percent(chance, language)}. ${when}${note}`;
}

const span = ({ low, high }: Forecast['onDue']): string => (low === high ? String(low) : `${low}–${high}`);

/** "72 %" or "72%"; nothing that may still happen is called certain. */
export function percent(chance: number, language: Language): string {
  const whole = chance >= 1 ? 100 : Math.min(99, Math.round(chance * 100));
  const few = chance > 0 && whole === 0;
  return `${few ? (language === 'da' ? 'under 1' : 'under 1') : whole}${language === 'da' ? ' %' : '%'}`;
}
