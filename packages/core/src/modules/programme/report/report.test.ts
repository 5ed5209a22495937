import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { csvOf } from './csv.ts';
import { htmlOf, pictureOf } from './html.ts';
import { drawPng, fontFiles } from './picture.ts';
import { fileName } from './routes.ts';
import { sampleReport } from './sample.ts';

/** Where somebody who wants to look at them has what is made: a folder. */
const folder = process.env.REPORT_FOLDER;
const keep = async (name: string, content: string | Buffer): Promise<void> => {
  if (folder !== undefined) await writeFile(`${folder}/${name}`, content);
};

const textOf = (html: string): string =>
  html
    .replace(/<style>[\s\S]*?<\/style>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the page', () => {
  it('asks for nothing from elsewhere and runs nothing', async () => {
    const html = await htmlOf(sampleReport());
    await keep('report-da.html', html);
    expect(html).not.toMatch(/<(script|link|img|iframe|object)\b|url\(|@import|\bon\w+=/i);
    const addresses = [...html.matchAll(/https?:\/\/[^"' )<]+/g)].map(([address]) => address);
    expect(addresses.filter((address) => !address.startsWith('http://www.w3.org/'))).toEqual([]);
  });

  it('writes numbers and days as they are written in each language, and escapes what people named', async () => {
    const danish = textOf(await htmlOf(sampleReport('da')));
    expect(danish).toContain('Status december 2025');
    expect(danish).toContain('12,9 %');
    expect(danish).toContain('84.120 poster, rod q83vEjRWeJqr…, underskrevet 1. januar 2026');
    expect(danish).toContain('&lt;Nord&gt; &amp; omegn');
    expect(danish).toContain('◐ nået for sent');
    const page = await htmlOf(sampleReport('en'));
    await keep('report-en.html', page);
    const english = textOf(page);
    expect(english).toContain('12.9%');
    expect(english).toContain('84,120 entries');
    expect(english).not.toMatch(/Borgere|Milepæl|december/);
  });

  it('shows a dash where a number is hidden, and says why', async () => {
    const html = await htmlOf(sampleReport());
    expect(html).toContain('<td>Vest</td><td class="number">–</td><td class="number">–</td>');
    expect(html).not.toContain('>hidden<');
    expect(textOf(html)).toContain('Grupper under fem borgere vises ikke');
  });

  it('is drawn with Danish months', async () => {
    const html = await htmlOf(sampleReport());
    expect(html.includes('>okt<')).toBe(true);
    expect(html.includes('aria-label="count')).toBe(false);
  });
});

describe('the picture', () => {
  it('is a PNG of 1024 × 576 that a chat takes, with its text really drawn', async () => {
    const svg = await pictureOf(sampleReport());
    await keep('report.svg', svg);
    const png = await drawPng(svg);
    await keep('report.png', png);
    expect(png.subarray(0, 8).toString('hex')).toBe('89504e470d0a1a0a');
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1024, 576]);
    expect(png.length).toBeLessThan(1_000_000);
    const withoutFonts = await drawPng(svg, []);
    expect(png.length).toBeGreaterThan(withoutFonts.length * 1.2);
    expect(fontFiles().every((file) => file.endsWith('.ttf'))).toBe(true);
  });

  it('is drawn also where next to nothing is known', async () => {
    const sample = sampleReport();
    const [first] = sample.months;
    const early = { ...sample, months: first === undefined ? [] : [first], milestones: [] };
    expect((await drawPng(await pictureOf(early))).length).toBeGreaterThan(1000);
    const html = await htmlOf({ ...early, activities: [], decisions: [], citation: null, degree: null });
    await keep('report-early.html', html);
    expect(textOf(html)).toContain('Der er ikke sat milepæle.');
  });
});

describe('the table', () => {
  it('has one number a row, says what is hidden, and no spreadsheet runs it', async () => {
    const sample = sampleReport();
    const [month] = sample.months;
    if (month === undefined) throw new Error('the sample has months');
    const evil = { ...month, units: month.units.map((unit) => ({ ...unit, name: '=cmd()' })) };
    const text = await csvOf({ months: [evil] });
    const lines = text.replace('\ufeff', '').trimEnd().split('\r\n');
    expect(lines[0]).toBe('month;unit;path;value');
    expect(lines[1]).toBe("2025-01;'=cmd();hasReceived;hidden");
    expect(lines.every((line) => line.split(';').length === 4)).toBe(true);
  });
});

it('names files in letters that every system keeps', () => {
  const programme = { ...sampleReport().programme, name: 'Bostøtte på skærm: "Ærø" / 2' };
  expect(fileName({ programme, month: '2015-10' }, 'html')).toBe(
    'naer-bostoette-paa-skaerm-aeroe-2-2015-10.html',
  );
  expect(fileName({ programme: { ...programme, name: '…' }, month: '2015-10' }, 'png')).toBe(
    'naer-report-2015-10.png',
  );
});
