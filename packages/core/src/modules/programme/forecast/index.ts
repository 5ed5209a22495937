export { type ForecastAsk, forecastOf } from './rules.ts';
export { type ForecastMeasure, forecastMeasures } from './series.ts';
