import { type OpeningHours, officeHours, type RoomFeature, roomFeatures } from '../../contract/index.ts';
import type { ReadTx, Tx } from '../../storage/index.ts';
import {
  bad,
  choiceCell,
  clockTimeCell,
  good,
  textCell,
  wholeNumberCell,
  yesNoCell,
} from '../../tabular/cells.ts';
import { type CellParser, column, defineTable, type RowValues } from '../../tabular/shape.ts';
import type { RowProblem, TableRow } from '../../tabular/table.ts';
import { type Actor, assertAllowed } from '../identity/index.ts';
import { roomsPolicy } from './policy.ts';
import { listRooms, type RoomDraft } from './room-store.ts';
import type { RoomFacts } from './rules.ts';
import { formatWeeklyHours, parseWeeklyHours } from './weekly-hours.ts';

const weeklyHoursCell: CellParser<OpeningHours> = {
  parse: (text) => {
    const hours = parseWeeklyHours(text);
    return hours === null ? bad('not_opening_hours') : good(hours);
  },
};
const kindCell = choiceCell({
  booth: ['samtaleboks', 'boks'],
  office: ['kontor'],
  'meeting-room': ['mødelokale', 'mødelokaler', 'meeting room'],
  other: ['andet'],
});
const feature = (...headings: [string, ...string[]]) =>
  column({ headings, required: false, cell: yesNoCell, personal: false });

/**
 * Rooms as spreadsheets have them. `opens` and `closes` count Monday to Friday; a week that is not so simple stands in
 * `hours`, which goes before them.
 */
export const roomsShape = defineTable({
  columns: {
    site: column({
      headings: ['Sted', 'site', 'Bygning', 'Lokation', 'building'],
      required: true,
      cell: textCell(120),
      personal: false,
    }),
    room: column({
      headings: ['Rum', 'room', 'Lokale', 'Rumnavn', 'room name'],
      required: true,
      cell: textCell(120),
      personal: false,
    }),
    kind: column({
      headings: ['Type', 'kind', 'Rumtype', 'room type'],
      required: false,
      cell: kindCell,
      personal: false,
    }),
    seats: column({
      headings: ['Pladser', 'seats', 'Antal pladser', 'capacity'],
      required: false,
      cell: wholeNumberCell({ min: 1, max: 100 }),
      personal: false,
    }),
    screen: feature('Skærm', 'screen'),
    camera: feature('Kamera', 'camera', 'Webkamera'),
    headset: feature('Headset', 'Høretelefoner'),
    wired: feature('Kablet net', 'wired', 'Kabel', 'Netstik'),
    curtains: feature('Gardiner', 'curtains'),
    quiet: feature('Roligt', 'quiet', 'Uforstyrret', 'Ro'),
    light: feature('Godt lys', 'light', 'Lys', 'Loftslys'),
    opens: column({
      headings: ['Åbner', 'opens', 'Åben fra'],
      required: false,
      cell: clockTimeCell,
      personal: false,
    }),
    closes: column({
      headings: ['Lukker', 'closes', 'Åben til'],
      required: false,
      cell: clockTimeCell,
      personal: false,
    }),
    hours: column({
      headings: ['Åbningstider', 'hours', 'opening hours'],
      required: false,
      cell: weeklyHoursCell,
      personal: false,
    }),
    buffer: column({
      headings: ['Pause efter (minutter)', 'buffer', 'buffer minutes', 'Pause'],
      required: false,
      cell: wholeNumberCell({ min: 0, max: 120 }),
      personal: false,
    }),
    active: column({
      headings: ['I brug', 'active', 'Aktiv'],
      required: false,
      cell: yesNoCell,
      personal: false,
    }),
  },
  unique: [['site', 'room']],
});
type RoomColumns = (typeof roomsShape)['columns'];
export type RoomImportRow = Extract<TableRow<RoomColumns>, { readonly ok: true }>;
export type RoomValues = RowValues<RoomColumns>;

export interface ImportCounts {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

/** What a row says of a room; what it is silent about stays as it is, or is the usual for a new room. */
export interface PlannedRoom {
  readonly site: string;
  readonly name: string;
  readonly kind: RoomDraft['kind'] | null;
  readonly seats: number | null;
  /** Only the features that the file has a column for; an empty cell is a no. */
  readonly features: Readonly<Partial<Record<RoomFeature, boolean>>>;
  readonly openingHours: OpeningHours | null;
  readonly bufferMinutes: number | null;
  readonly active: boolean | null;
}

/** What is wrong with a row although each of its cells can be read. */
export function findRoomProblems(row: RoomImportRow): readonly RowProblem[] {
  const { hours, opens = null, closes = null } = row.values;
  if (hours == null && (opens === null) !== (closes === null)) {
    return [row.problem(opens === null ? 'opens' : 'closes', 'missing')];
  }
  if (opens !== null && closes !== null && opens >= closes)
    return [row.problem('closes', 'closes_before_opening')];
  return [];
}

export function planRoom(values: RoomValues): PlannedRoom {
  const { opens = null, closes = null } = values;
  const weekdays =
    opens === null || closes === null ? null : [1, 2, 3, 4, 5].map((weekday) => ({ weekday, opens, closes }));
  return {
    site: values.site,
    name: values.room,
    kind: values.kind ?? null,
    seats: values.seats ?? null,
    features: featuresOf(values),
    openingHours: values.hours ?? weekdays,
    bufferMinutes: values.buffer ?? null,
    active: values.active ?? null,
  };
}

function featuresOf(values: RoomValues): Partial<Record<RoomFeature, boolean>> {
  const known: Partial<Record<RoomFeature, boolean>> = {};
  for (const name of roomFeatures) if (values[name] !== undefined) known[name] = values[name] ?? false;
  return known;
}

/** How rooms are imported: see `applyRooms` of the service for what becomes of the rows. */
export function createRoomsImporter(rooms: {
  readonly applyRooms: (tx: Tx, actor: Actor, plans: readonly PlannedRoom[]) => Promise<ImportCounts>;
}) {
  return {
    kind: 'rooms' as const,
    shape: roomsShape,
    /** @throws DomainError not_allowed */
    readKnown: async (_tx: ReadTx, actor: Actor): Promise<null> => {
      assertAllowed(roomsPolicy, actor, 'rooms:write');
      return null;
    },
    findProblems: findRoomProblems,
    apply: (tx: Tx, actor: Actor, rows: readonly RoomValues[]) =>
      rooms.applyRooms(tx, actor, rows.map(planRoom)),
  };
}

/** The room a plan leads to, from the room there is or from nothing. */
export function plannedFacts(
  plan: PlannedRoom,
  current: RoomFacts | undefined,
): Omit<RoomDraft, 'site'> & { readonly active: boolean } {
  const features = roomFeatures.filter(
    (name) => plan.features[name] ?? current?.features.includes(name) ?? false,
  );
  return {
    name: plan.name,
    kind: plan.kind ?? current?.kind ?? kindFromName(plan.name),
    seats: plan.seats ?? current?.seats ?? 1,
    features,
    openingHours: plan.openingHours ?? current?.openingHours ?? officeHours,
    bufferMinutes: plan.bufferMinutes ?? current?.bufferMinutes ?? 0,
    active: plan.active ?? current?.active ?? true,
  };
}

/** Lists of rooms seldom have a column for the kind, but name the rooms by it: "Samtaleboks 3", "Kontor 4". */
function kindFromName(name: string): RoomDraft['kind'] {
  if (/boks|booth/i.test(name)) return 'booth';
  if (/kontor|office/i.test(name)) return 'office';
  return /møde|meeting/i.test(name) ? 'meeting-room' : 'other';
}

/** Every room in the shape that the import takes and that, taken, changes nothing; only valid within the transaction. */
export function exportRooms(tx: ReadTx): {
  readonly headings: readonly string[];
  readonly rows: AsyncIterable<readonly (string | null)[]>;
} {
  return {
    headings: Object.values(roomsShape.columns).map((one) => one.headings[0]),
    rows: exportedRows(tx),
  };
}

async function* exportedRows(tx: ReadTx): AsyncGenerator<readonly (string | null)[]> {
  const pageSize = 200;
  for (let afterId: string | undefined; ; ) {
    const rows = await listRooms(tx, { inactive: true, afterId, limit: pageSize });
    for (const row of rows) {
      const cells = new Map(Object.entries(exported(row)));
      yield Object.keys(roomsShape.columns).map((field) => cells.get(field) ?? null);
    }
    afterId = rows.at(-1)?.id;
    if (rows.length < pageSize) return;
  }
}

function exported(room: RoomFacts): Readonly<Record<keyof RoomColumns, string | null>> {
  const has = (name: RoomFeature): string => yesOrNo(room.features.includes(name));
  const [monday] = room.openingHours;
  const simple =
    monday !== undefined && formatWeeklyHours(room.openingHours) === `ma-fr ${monday.opens}-${monday.closes}`;
  return {
    site: room.siteName,
    room: room.name,
    kind: kindNames[room.kind],
    seats: String(room.seats),
    screen: has('screen'),
    camera: has('camera'),
    headset: has('headset'),
    wired: has('wired'),
    curtains: has('curtains'),
    quiet: has('quiet'),
    light: has('light'),
    opens: simple ? monday.opens : null,
    closes: simple ? monday.closes : null,
    hours: simple ? null : formatWeeklyHours(room.openingHours),
    buffer: String(room.bufferMinutes),
    active: yesOrNo(room.active),
  };
}

const kindNames = {
  booth: 'samtaleboks',
  office: 'kontor',
  'meeting-room': 'mødelokale',
  other: 'andet',
} as const;
const yesOrNo = (value: boolean): string => (value ? 'ja' : 'nej');
