import type { Config } from './config/index.ts';
import type { Language } from './kernel/errors.ts';

/** What stands in `run/ready.json` under NAER_HOME while the service runs. */
export interface Ready {
  readonly url: string;
  readonly mediaUrl: string | null;
  readonly adminTokenFile: string;
  readonly pid: number;
}

/** Danish unless the terminal says English; a locale of C says nothing, and an empty variable is one that is not set. */
export function languageOfTerminal(environment: Readonly<Record<string, string | undefined>>): Language {
  return /^en/i.test(environment.LC_ALL || environment.LC_MESSAGES || environment.LANG || '') ? 'en' : 'da';
}

const bold = (text: string) => `\u001b[1m${text}\u001b[22m`;
const dim = (text: string) => `\u001b[2m${text}\u001b[22m`;

/** Says that the service is ready: one plain line, and on a terminal what runs where, what to try and how to stop. */
export function announce(
  ready: Ready,
  {
    config,
    language,
    isTerminal,
  }: { readonly config: Config; readonly language: Language; readonly isTerminal: boolean },
): void {
  if (isTerminal) process.stdout.write(welcome(ready, config, language));
  process.stdout.write(`ready ${ready.url}\n`);
}

function welcome(ready: Ready, config: Config, language: Language): string {
  const da = language === 'da';
  const places: [string, string][] = [
    [da ? 'Tjenesten' : 'Service', ready.url],
    [da ? 'API-dokumentation' : 'API reference', `${ready.url}/api/v1/docs`],
    [
      da ? 'Data' : 'Data',
      config.database === null
        ? `${config.home} ${da ? '(indbygget PostgreSQL)' : '(embedded PostgreSQL)'}`
        : 'DATABASE_URL',
    ],
    [da ? 'Din adgangsnøgle' : 'Your token', ready.adminTokenFile],
  ];
  const tries: [string, string][] = [
    ['npx naer whoami', da ? 'hvem du er, og hvad du må' : 'who you are and what you may'],
    [
      'npx naer rooms import tests/fixtures/imports/rooms-tab.tsv',
      da ? 'læs rum ind fra et regneark' : 'import rooms from a spreadsheet',
    ],
    [
      `npx naer rooms free "${da ? 'i morgen 10-10.30' : 'tomorrow 10-10:30'}"`,
      da ? 'find et ledigt rum' : 'find a free room',
    ],
  ];
  const width = Math.max(...places.map(([name]) => name.length));
  return [
    '',
    `  ${bold('Nær')} ${da ? 'kører' : 'is running'}`,
    '',
    ...places.map(([name, value]) => `  ${dim(name.padEnd(width))}  ${value}`),
    '',
    `  ${da ? 'Prøv i et andet vindue:' : 'Try in another window:'}`,
    ...tries.flatMap(([command, meaning]) => [`    ${command}`, `      ${dim(meaning)}`]),
    '',
    `  ${dim(da ? 'Stop med Ctrl-C.' : 'Stop with Ctrl-C.')}`,
    '',
    '',
  ].join('\n');
}
