import { barsSpec, type ChartOptions, courseSpec, drawSvg } from './charts.ts';
import { courseOf, type ReportData, reportTitle } from './data.ts';
import { pictureFont, pictureSize } from './picture.ts';
import {
  activitiesSection,
  barsOf,
  citationLine,
  decisionsSection,
  escapeHtml,
  footerSection,
  funnelPaths,
  headerSection,
  keyFiguresSection,
  milestonesSection,
  sessionPaths,
  sharePaths,
  unitsSection,
} from './sections.ts';
import { style } from './style.ts';
import { reportWords } from './words.ts';

const pageFont = 'system-ui, -apple-system, Segoe UI, Roboto, sans-serif';

/** The curve chart alone, with a title and what it rests on: what is sent to a chat. */
export function pictureOf(data: ReportData): Promise<string> {
  const title = { text: `${data.municipality}: ${reportTitle(data)}`, subtitle: [citationLine(data)] };
  return drawSvg(
    courseSpec(courseOf(data), { language: data.language, font: pictureFont, ...pictureSize }, title),
  );
}

/** One self-contained page: nothing in it asks for anything from elsewhere, and no script runs. */
export async function htmlOf(data: ReportData): Promise<string> {
  const { language, months } = data;
  const words = reportWords[language];
  const draw = (width: number, height: number): ChartOptions => ({ language, font: pageFont, width, height });
  const course = courseOf(data);
  const wide = await drawSvg(courseSpec(course, draw(940, 420)));
  const narrow = await drawSvg(courseSpec(course, draw(360, 330)));
  const funnel = await drawSvg(barsSpec(barsOf(data, funnelPaths), draw(440, 0)));
  const sessions = await drawSvg(barsSpec(barsOf(data, sessionPaths), draw(440, 0)));
  const shares = await drawSvg(barsSpec(barsOf(data, sharePaths), draw(440, 0)));
  const drawing = (svg: string, label: string, kind = ''): string =>
    `<figure class="${kind}" role="img" aria-label="${escapeHtml(label)}">${svg}</figure>`;
  const hasGaps = course.points.some(
    ({ hasReceived, receivesRegularly }) => hasReceived === null || receivesRegularly === null,
  );
  const title = `${data.municipality}: ${reportTitle(data)}`;
  return `<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body><main>
${headerSection(data)}
${keyFiguresSection(data)}
<section><h2>${words.course}</h2>
${drawing(wide, words.course, 'wide')}${drawing(narrow, words.course, 'narrow')}
<p class="note narrow">━●━ ${words.hasReceived} &nbsp; ╌□╌ ${words.receivesRegularly}</p>
<p class="note">${words.courseNote}${hasGaps ? ` ${words.courseHidden}` : ''}</p></section>
${milestonesSection(data)}
<div class="pair">
<section><h2>${words.funnel}</h2>${drawing(funnel, words.funnel)}<p class="note">${words.funnelNote}</p></section>
<section><h2>${words.sessions}</h2>${drawing(sessions, words.sessions)}<h3>${words.onlineShare}</h3>${drawing(shares, words.onlineShare)}</section>
</div>
${hasTeams(months) ? '' : `<p class="note">${words.hiddenNote}</p>`}
${unitsSection(data)}
${decisionsSection(data)}
${activitiesSection(data)}
${footerSection(data)}
</main></body></html>
`;
}

const hasTeams = (months: ReportData['months']): boolean =>
  (months.at(-1)?.units ?? []).some(({ id }) => id !== null);
