import { readFile } from 'node:fs/promises';
import { choiceCell, decimalCell, emailCell, phoneCell, textCell } from './cells.ts';
import { dateCell } from './date-cells.ts';
import { column, defineTable } from './shape.ts';
import { sourceFromBytes, type TableSource } from './source.ts';

/** The exports that tests read, invented and kept under tests/fixtures/imports. */
export async function fixture(name: string): Promise<TableSource> {
  const file = new URL(`../../../../tests/fixtures/imports/${name}`, import.meta.url);
  return sourceFromBytes(await readFile(file), 1000);
}

export const text = (content: string, pieceSize = 7): TableSource =>
  sourceFromBytes(new TextEncoder().encode(content), pieceSize);

export const caseSystem = defineTable({
  columns: {
    reference: column({
      headings: ['Sagsnr', 'Reference'],
      required: true,
      personal: false,
      cell: textCell(40),
    }),
    name: column({
      headings: ['Borger', 'Navn', 'Name'],
      required: true,
      personal: true,
      cell: textCell(120),
    }),
    phone: column({ headings: ['Telefon', 'Phone'], required: false, personal: true, cell: phoneCell }),
    email: column({ headings: ['E-mail', 'Email'], required: false, personal: true, cell: emailCell }),
    legalBasis: column({
      headings: ['Lovgrundlag'],
      required: true,
      personal: false,
      cell: choiceCell({
        sel85: ['SEL § 85', '§ 85'],
        sel108: ['SEL § 108'],
        sel107: ['SEL § 107'],
        lab78: ['LAB § 78'],
      }),
    }),
    hours: column({
      headings: ['Visiteret (timer/uge)'],
      required: true,
      personal: false,
      cell: decimalCell({ min: 0, max: 168, decimals: 2 }),
    }),
    startsOn: column({ headings: ['Startdato'], required: true, personal: false, cell: dateCell() }),
    team: column({ headings: ['Team'], required: true, personal: false, cell: textCell(60) }),
    worker: column({ headings: ['Bostøtte'], required: false, personal: false, cell: textCell(12) }),
  },
  unique: [['reference']],
});
