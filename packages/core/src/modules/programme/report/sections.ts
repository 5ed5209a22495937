import type { Language, ShownFigures } from '../../../contract/index.ts';
import { type FigurePath, figurePaths, measureWords } from '../../../contract/measure-words.ts';
import {
  activityRoleWords,
  activityStatusWords,
  decisionChoiceWords,
  decisionKindWords,
  milestoneStateWords,
  phaseWords,
} from '../../../contract/programme-words.ts';
import { localDay } from '../../../kernel/time-zone.ts';
import { grouped, shownDay, shownMonth } from '../wording.ts';
import { type Bar, type ReportData, shownCountOf, totalOf } from './data.ts';
import { reportWords } from './words.ts';

export function escapeHtml(text: string): string {
  const marks: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (mark) => marks[mark] ?? mark);
}

const at = (language: Language): 0 | 1 => (language === 'da' ? 0 : 1);
const hidden = '–';

export const measureName = (path: FigurePath, language: Language): string => measureWords[path][language][0];

/** A count as it is given out: "1.240", or a dash where it is hidden. */
const shownCount = (figures: ShownFigures, path: FigurePath, language: Language): string => {
  const count = shownCountOf(figures, path);
  return count === null ? hidden : grouped(count, language);
};

/** "12,4 %", or null where either number is hidden or there is nothing to divide by. */
function rate(part: number | null, whole: number | null, language: Language): string | null {
  if (part === null || whole === null || whole === 0) return null;
  const text = ((100 * part) / whole).toFixed(1);
  return language === 'da' ? `${text.replace('.', ',')} %` : `${text}%`;
}

/** What the figures rest on, in one line. */
export function citationLine({ citation, language }: ReportData): string {
  const words = reportWords[language];
  if (citation === null) return words.citedJoint;
  const { checkpoint, size, rootHash } = citation;
  const signed = shownDay(localDay(new Date(checkpoint.signedAt)), language);
  return `${words.cited} ${checkpoint.origin}, ${grouped(size, language)} ${words.entries}, ${words.root} ${rootHash.slice(0, 12)}…, ${words.signed} ${signed}`;
}

export function headerSection(data: ReportData): string {
  const { language, programme } = data;
  const words = reportWords[language];
  const flag = data.programme.isHistory ? words.history : data.isDemo ? words.demo : null;
  return `<header>
<p class="over">${escapeHtml(data.municipality)} · ${escapeHtml(programme.name)}</p>
<h1>${words.status} ${shownMonth(data.month, language)}</h1>
<p>${words.phase}: <strong>${phaseWords[data.phase][at(language)]}</strong> · ${words.targetGroup}: <strong>${grouped(targetGroupOf(data), language)}</strong> · ${words.starts} ${shownDay(programme.startsOn, language)}</p>
${flag === null ? '' : `<p><span class="flag">${flag}</span></p>`}
<p class="cite">${escapeHtml(citationLine(data))}. ${words.published} ${shownDay(localDay(new Date(data.publishedAt)), language)}.</p>
</header>`;
}

/** Of a joint programme, that of the members who took part in the month. */
const targetGroupOf = ({ months, programme }: ReportData): number =>
  months.at(-1)?.units.find(({ id }) => id === null)?.targetGroup ?? programme.targetGroup;

export function keyFiguresSection(data: ReportData): string {
  const { language, months } = data;
  const words = reportWords[language];
  const last = months.at(-1);
  const figures = last === undefined ? {} : totalOf(last);
  const count = (path: FigurePath): number | null => shownCountOf(figures, path);
  const target = targetGroupOf(data);
  const videoTried = addShown(count('channels.video.held'), count('channels.video.failed'));
  const share = (part: number | null): string => {
    const shown = rate(part, target, language);
    return shown === null ? '' : `${shown} ${words.ofTargetGroup}`;
  };
  const active = shownCount(figures, 'workers.active', language);
  const employed = shownCount(figures, 'workers.employed', language);
  const cards: readonly (readonly [name: string, value: string, more: string])[] = [
    [
      measureName('hasReceived', language),
      shownCount(figures, 'hasReceived', language),
      share(count('hasReceived')),
    ],
    [measureName('receivesRegularly', language), shownCount(figures, 'receivesRegularly', language), ''],
    [
      measureName('implementationRate', language),
      rate(count('receivesRegularly'), target, language) ?? hidden,
      '',
    ],
    [
      words.degree,
      data.degree === null
        ? hidden
        : language === 'da'
          ? `${data.degree.percent} %`
          : `${data.degree.percent}%`,
      data.degree === null ? words.notEstimated : shownDay(data.degree.on, language),
    ],
    [
      measureName('workers.active', language),
      active,
      employed === hidden ? '' : `${words.activeOf} ${employed}`,
    ],
    [
      measureName('technicalFailureRate', language),
      rate(count('channels.video.failed'), videoTried, language) ?? hidden,
      '',
    ],
  ];
  const items = cards.map(
    ([name, value, more]) =>
      `<div><dt>${escapeHtml(name)}</dt><dd class="value">${value}</dd>${more === '' ? '' : `<dd class="more">${escapeHtml(more)}</dd>`}</div>`,
  );
  return `<h2>${words.keyFigures}</h2><dl class="figures">${items.join('')}</dl>`;
}

const addShown = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? null : a + b;

export function barsOf(data: ReportData, paths: readonly FigurePath[]): Bar[] {
  const last = data.months.at(-1);
  const figures = last === undefined ? {} : totalOf(last);
  return paths.map((path) => ({
    name: measureName(path, data.language),
    count: shownCountOf(figures, path),
  }));
}

const unitColumns = [
  'hasReceived',
  'receivesRegularly',
  'funnel.offered',
  'workers.active',
] as const satisfies readonly FigurePath[];

/** Teams of a municipality, or members of a joint programme; nothing where the whole is all there is. */
export function unitsSection({ language, months, programme }: ReportData): string {
  const words = reportWords[language];
  const units = months.at(-1)?.units ?? [];
  const parts = units.filter(({ id }) => id !== null);
  if (parts.length === 0) return '';
  const isJoint = programme.kind === 'lead';
  const row = (name: string, figures: ShownFigures, total: boolean): string =>
    `<tr${total ? ' class="total"' : ''}><td>${escapeHtml(name)}</td>${unitColumns
      .map((path) => `<td class="number">${shownCount(figures, path, language)}</td>`)
      .join('')}</tr>`;
  const whole = units.find(({ id }) => id === null);
  return `<section><h2>${isJoint ? words.members : words.teams}</h2><div class="scroll"><table>
<thead><tr><th>${isJoint ? words.member : words.team}</th>${unitColumns
    .map((path) => `<th class="number">${escapeHtml(measureName(path, language))}</th>`)
    .join('')}</tr></thead>
<tbody>${parts.map(({ name, figures }) => row(name, figures, false)).join('')}${
    whole === undefined ? '' : row(words.all, whole.figures, true)
  }</tbody></table></div>
<p class="note">${words.hiddenNote}</p></section>`;
}

/** State words have a mark of their own, so that nobody needs colours to tell them apart. */
const stateMarks = {
  reached: '●',
  'reached-late': '◐',
  'on-time': '○',
  'at-risk': '△',
  late: '▲',
  shared: '◇',
} as const;

export function milestonesSection({ language, milestones }: ReportData): string {
  const words = reportWords[language];
  if (milestones.length === 0) return `<h2>${words.milestones}</h2><p>${words.noMilestones}</p>`;
  const rows = milestones.map(
    ({ code, da, en, due, state, why }) =>
      `<tr><td><strong>${escapeHtml(code)}</strong> ${escapeHtml(language === 'da' ? da : en)}</td><td class="day" data-label="${words.due}">${shownDay(due, language)}</td><td class="state">${stateMarks[state]} ${milestoneStateWords[state][at(language)]}</td><td>${escapeHtml(why)}</td></tr>`,
  );
  return `<section><h2>${words.milestones}</h2><table class="cards">
<thead><tr><th>${words.milestone}</th><th>${words.due}</th><th>${words.status}</th><th>${words.why}</th></tr></thead>
<tbody>${rows.join('')}</tbody></table><p class="note">${words.milestonesNote}</p></section>`;
}

export function activitiesSection({ language, activities }: ReportData): string {
  const words = reportWords[language];
  const rows = activities.map(({ code, da, en, status, responsible, doneOn, dueOn }) => {
    const day = doneOn ?? dueOn;
    const label = doneOn === null ? words.due : words.done;
    const shown = day === null ? '' : `${label} ${shownDay(day, language)}`;
    const title = language === 'da' ? da : en;
    return `<tr><td><strong>${escapeHtml(code)}</strong>${title === code ? '' : ` ${escapeHtml(title)}`}</td><td class="state">${activityStatusWords[status][at(language)]}</td><td class="day">${shown}</td><td data-label="${words.responsible}">${responsible === null ? '' : activityRoleWords[responsible][at(language)]}</td></tr>`;
  });
  return `<section><h2>${words.activities}</h2><table class="cards">
<thead><tr><th>${words.activity}</th><th>${words.status}</th><th></th><th>${words.responsible}</th></tr></thead>
<tbody>${rows.join('')}</tbody></table></section>`;
}

export function decisionsSection({ language, decisions }: ReportData): string {
  const words = reportWords[language];
  if (decisions.length === 0)
    return `<section><h2>${words.decisions}</h2><p>${words.noDecisions}</p></section>`;
  const rows = decisions.map(
    ({ kind, choice, on }) =>
      `<tr><td>${capital(decisionKindWords[kind][at(language)])}</td><td><strong>${decisionChoiceWords[choice][at(language)]}</strong></td><td class="day" data-label="${words.decided}">${shownDay(on, language)}</td></tr>`,
  );
  return `<section><h2>${words.decisions}</h2><table class="cards"><tbody>${rows.join('')}</tbody></table></section>`;
}

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`;

/** What each figure of the page means, and how anybody verifies it. */
export function footerSection(data: ReportData): string {
  const { language } = data;
  const words = reportWords[language];
  const told = figurePaths.filter((path) => pagePaths.includes(path));
  const definitions = told.map((path) => {
    const [name, text] = measureWords[path][language];
    return `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(text)}</dd>`;
  });
  return `<footer><h2>${words.definitions}</h2><dl>${definitions.join('')}<dt>${words.degree}</dt><dd>${words.degreeText}</dd></dl>
<h2>${words.verify}</h2><p>${data.citation === null ? words.verifyJoint : words.verifyText}</p>
<p class="cite">${escapeHtml(citationLine(data))}${data.citation === null ? '' : ` (${escapeHtml(data.citation.rootHash)})`}</p></footer>`;
}

export const funnelPaths = [
  'funnel.offered',
  'funnel.accepted',
  'funnel.introduced',
  'funnel.firstCall',
  'funnel.regular',
] as const satisfies readonly FigurePath[];
export const sessionPaths = [
  'sessions.1',
  'sessions.2-3',
  'sessions.4-7',
  'sessions.over-7',
] as const satisfies readonly FigurePath[];
export const sharePaths = [
  'onlineShare.0-24',
  'onlineShare.25-49',
  'onlineShare.50-74',
  'onlineShare.75-100',
] as const satisfies readonly FigurePath[];

const pagePaths: readonly FigurePath[] = [
  'implementationRate',
  'technicalFailureRate',
  ...unitColumns,
  ...funnelPaths,
  ...sessionPaths,
  ...sharePaths,
];
