export { curveValue, type ForecastAsk, forecastOf } from './rules.ts';
export { arrivalWords, describeForecast, percent } from './sentences.ts';
export { daysBetween, type ForecastMeasure, forecastMeasures } from './series.ts';
