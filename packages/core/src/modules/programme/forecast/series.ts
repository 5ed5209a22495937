/** The measures that have a curve, and so a forecast. */
export const forecastMeasures = ['has-received', 'receives-regularly'] as const;
export type ForecastMeasure = (typeof forecastMeasures)[number];
