import { api } from '../../../contract/index.ts';
import type { Clock } from '../../../kernel/clock.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import type { Database } from '../../../storage/index.ts';
import type { Endpoints } from '../../identity/index.ts';
import type { Measures } from '../measures/index.ts';
import { csvOf } from './csv.ts';
import { type ReportData, readReport } from './data.ts';
import { htmlOf, pictureOf } from './html.ts';
import { drawPng } from './picture.ts';

export interface ReportRouteDeps {
  readonly database: Pick<Database, 'read'>;
  readonly measures: Measures;
  readonly clock: Clock;
}

const formats = {
  html: { type: 'text/html; charset=utf-8', make: htmlOf },
  json: {
    type: 'application/json; charset=utf-8',
    make: async (data: ReportData) => JSON.stringify(data, null, 2),
  },
  csv: { type: 'text/csv; charset=utf-8', make: csvOf },
  svg: { type: 'image/svg+xml; charset=utf-8', make: pictureOf },
  png: { type: 'image/png', make: async (data: ReportData) => drawPng(await pictureOf(data)) },
} as const;

export function registerReportRoutes(
  endpoints: Endpoints,
  { database, measures, clock }: ReportRouteDeps,
): void {
  endpoints.raw(api.programme.report, async ({ actor, params, query }, _request, reply) => {
    const { format, language, month } = query;
    // Drawn after the transaction: pictures take their time, and nothing of it needs the database.
    const data = await database.read(actor.municipalityId, (tx) =>
      readReport(tx, { measures }, params.id, { month, language, today: localDay(clock.now()) }),
    );
    const { type, make } = formats[format];
    const content = await make(data);
    return reply
      .header('content-type', type)
      .header('content-disposition', `attachment; filename="${fileName(data, format)}"`)
      .header('cache-control', 'no-store')
      .send(content);
  });
}

/** "naer-online-bostoette-2015-10.html": plain letters, so that every system keeps it. */
export function fileName(
  { programme, month }: Pick<ReportData, 'programme' | 'month'>,
  format: string,
): string {
  const plain = programme.name
    .toLowerCase()
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'oe')
    .replaceAll('å', 'aa')
    .normalize('NFKD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60);
  return `naer-${plain === '' ? 'report' : plain}-${month}.${format}`;
}
