import type { HandOffDocument, HandOffOutcome } from '../../../contract/index.ts';
import { channelWords } from '../../../contract/visit-words.ts';
import { toLocal } from '../../../kernel/time-zone.ts';
import { writeCsv } from '../../../tabular/write.ts';

const outcomeWords: Readonly<Record<HandOffOutcome, string>> = {
  held: 'holdt',
  futile: 'forgæves',
  'followed-up': 'fulgt op',
};

/** The columns of the file, by their headings. Times are those of the Danish clock, minutes are whole ones. */
const columns: Readonly<Record<string, (document: HandOffDocument) => string | null>> = {
  Besøg: ({ visit }) => visit,
  Udgave: ({ revision }) => String(revision),
  Sagsnr: ({ reference }) => reference,
  Borgerkode: ({ citizen }) => citizen,
  Medarbejder: ({ worker }) => worker,
  Form: ({ channel }) => channelWords[channel][0],
  Udfald: ({ outcome }) => outcomeWords[outcome],
  Begyndt: ({ startsAt }) => localMinute(startsAt),
  Slut: ({ endsAt }) => localMinute(endsAt),
  'Video (min.)': ({ minutes }) => String(minutes.video),
  'Fysisk (min.)': ({ minutes }) => String(minutes.physical),
  'Telefon (min.)': ({ minutes }) => String(minutes.phone),
  'Vejtid (min.)': ({ minutes }) => String(minutes.travel),
  'Ventetid (min.)': ({ minutes }) => String(minutes.waiting),
  Formål: ({ purposes }) => purposes.join(', '),
  Emner: ({ topics }) => topics.join(', '),
  Deltagere: ({ participants }) => participants.join(', '),
  Tekst: ({ text }) => text,
  Notat: ({ note }) => note,
};

/** "2026-11-24 10:00", which spreadsheets read as a time. */
function localMinute(instant: string): string {
  const local = toLocal(new Date(instant)).toPlainDateTime();
  return local.toString({ smallestUnit: 'minute' }).replace('T', ' ');
}

/** Documents as a spreadsheet takes them, in pieces; see tabular/write.ts for what is done to formulas. */
export function writeDocumentsAsCsv(documents: AsyncIterable<HandOffDocument>): AsyncIterable<string> {
  const cells = Object.values(columns);
  async function* rows() {
    for await (const document of documents) yield cells.map((cell) => cell(document));
  }
  return writeCsv(Object.keys(columns), rows());
}

/** Documents as one JSON array, in pieces. */
export async function* writeDocumentsAsJson(
  documents: AsyncIterable<HandOffDocument>,
): AsyncGenerator<string> {
  let before = '[\n';
  for await (const document of documents) {
    yield before + JSON.stringify(document);
    before = ',\n';
  }
  yield before === '[\n' ? '[]\n' : '\n]\n';
}
