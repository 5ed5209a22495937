import type { CurvePoint, Forecast } from '../../../contract/index.ts';
import type { ForecastMeasure } from './series.ts';

export interface ForecastAsk {
  /** Ends of weeks or months, in order; those after `at` are not looked at. */
  readonly curve: readonly CurvePoint[];
  readonly measure: ForecastMeasure;
  readonly target: number;
  /** YYYY-MM-DD. */
  readonly due: string;
  /** The day on which the forecast is made. */
  readonly at: string;
  readonly seed?: number;
}

export function forecastOf({ curve, measure, target, due, at }: ForecastAsk): Forecast {
  const now = curve.filter(({ day }) => day <= at).at(-1);
  const value = (measure === 'has-received' ? now?.hasReceived : now?.receivesRegularly) ?? 0;
  const reached = value >= target ? at : null;
  return {
    measure,
    target,
    due,
    onDue: { low: value, middle: value, high: value },
    chance: value >= target ? 1 : 0,
    reachedOn: { early: reached, middle: reached, late: reached },
    method: '',
  };
}
