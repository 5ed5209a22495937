import type { ErrorParams, Language } from './errors.ts';

/** What happens while the service starts, in the words of both languages; `{name}` is filled from the params. */
const progressTexts = {
  starting_postgres: { da: 'Starter PostgreSQL', en: 'Starting PostgreSQL' },
  connecting: { da: 'Forbinder til PostgreSQL', en: 'Connecting to PostgreSQL' },
  making_database: { da: 'Opretter databasen', en: 'Making the database' },
  copying_programs: { da: 'Kopierer PostgreSQL til {folder}', en: 'Copying PostgreSQL to {folder}' },
  stopping_left_behind: {
    da: 'Stopper en PostgreSQL, som kørte videre',
    en: 'Stopping a PostgreSQL that was left behind',
  },
  adopted: {
    da: 'Overtager den PostgreSQL, som kørte videre (proces {pid})',
    en: 'Taking over the PostgreSQL that was left running (process {pid})',
  },
  recovering: {
    da: 'PostgreSQL rydder op efter et nedbrud',
    en: 'PostgreSQL is recovering after a crash',
  },
  migrated: { da: 'Databasen er opdateret: {migrations}', en: 'Database brought up to date: {migrations}' },
  making_demo: {
    da: 'Opretter en demokommune med 450 opdigtede borgere og halvandet års besøg',
    en: 'Making a demo municipality of 450 invented citizens and eighteen months of visits',
  },
  demo_made: {
    da: 'Demokommunen er klar: {visits} besøg',
    en: 'The demo municipality is ready: {visits} visits',
  },
  database_at: { da: 'Database på {place}', en: 'Database at {place}' },
} as const satisfies Record<string, Readonly<Record<Language, string>>>;

export type ProgressStep = keyof typeof progressTexts;

/** Told of each step while something starts. */
export type Tell = (step: ProgressStep, params?: ErrorParams) => void;

export function describeProgress(step: ProgressStep, params: ErrorParams, language: Language): string {
  return progressTexts[step][language].replace(/\{(\w+)\}/g, (_, name: string) =>
    String(params[name] ?? '?'),
  );
}
