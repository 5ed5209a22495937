/** Where those who look at a plan are: `turn` counts how often a page was turned, so that the last one is known. */
export interface PlanPlace {
  /** The version that is looked at. */
  readonly plan: string;
  /** From 1. */
  readonly page: number;
  readonly turn: number;
}

/** What one page tells the others of the plan: where it is, and whether somebody looks at it there. */
export interface PlanWord extends PlanPlace {
  readonly looking: boolean;
  /** Wants to hear where the others are. */
  readonly asks: boolean;
}

export interface TogetherSnapshot {
  readonly place: PlanPlace | null;
  /** Seats of others who look at the plan now. */
  readonly lookers: readonly string[];
}

const mostPages = 100;
const mostTurns = 1_000_000;
const longest = 300;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const isCount = (value: unknown, least: number, most: number): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most;

/** What came over the network from another page; null for anything else than such a word. */
export function readWord(text: string): PlanWord | null {
  if (text.length > longest) return null;
  let said: unknown;
  try {
    said = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof said !== 'object' || said === null) return null;
  const { plan, page, turn, looking, asks } = said as Record<string, unknown>;
  if (typeof plan !== 'string' || !uuid.test(plan)) return null;
  if (!isCount(page, 1, mostPages) || !isCount(turn, 0, mostTurns)) return null;
  if (typeof looking !== 'boolean' || typeof asks !== 'boolean') return null;
  return { plan, page, turn, looking, asks };
}

/** Of two who turn at the same moment, both take the further page: so all come to the same one, in whatever order they hear. */
const isNewer = (one: PlanPlace, than: PlanPlace): boolean =>
  one.turn > than.turn || (one.turn === than.turn && one.page > than.page);

export interface PlanTogetherDeps {
  readonly send: (text: string) => void;
  readonly changed: (snapshot: TogetherSnapshot) => void;
}

/** Looking at the plan together: when one turns the page, all turn it; whoever comes later is told where the others are. */
export class PlanTogether {
  readonly #deps: PlanTogetherDeps;
  #place: PlanPlace | null = null;
  #looking = false;
  #lookers: ReadonlySet<string> = new Set();
  #people: ReadonlySet<string> = new Set();

  constructor(deps: PlanTogetherDeps) {
    this.#deps = deps;
  }

  /** Opens the plan here, where the others are already if they look at the same version. */
  look(plan: string): void {
    this.#looking = true;
    if (this.#place?.plan !== plan) this.#place = { plan, page: 1, turn: 0 };
    this.#say(true);
    this.#tell();
  }

  turn(page: number): void {
    if (this.#place === null || !isCount(page, 1, mostPages) || page === this.#place.page) return;
    this.#place = { ...this.#place, page, turn: this.#place.turn + 1 };
    this.#say(false);
    this.#tell();
  }

  leave(): void {
    if (!this.#looking) return;
    this.#looking = false;
    this.#say(false);
  }

  hear(from: string, text: string): void {
    const word = readWord(text);
    if (word === null) return;
    const lookers = new Set(this.#lookers);
    if (word.looking) lookers.add(from);
    else lookers.delete(from);
    this.#lookers = lookers;
    const mine = this.#place;
    const { plan, page, turn } = word;
    if (mine?.plan === plan ? isNewer(word, mine) : !this.#looking) this.#place = { plan, page, turn };
    if (word.asks && this.#looking) this.#say(false);
    this.#tell();
  }

  /** Who is in now. Whoever is new is told where we look. */
  meet(seats: readonly string[]): void {
    const people = new Set(seats);
    const isNew = seats.some((seat) => !this.#people.has(seat));
    this.#people = people;
    if (isNew && this.#looking) this.#say(false);
    if (![...this.#lookers].every((seat) => people.has(seat))) {
      this.#lookers = new Set([...this.#lookers].filter((seat) => people.has(seat)));
      this.#tell();
    }
  }

  #say(asks: boolean): void {
    if (this.#place === null) return;
    const word: PlanWord = { ...this.#place, looking: this.#looking, asks };
    this.#deps.send(JSON.stringify(word));
  }

  #tell(): void {
    this.#deps.changed({ place: this.#place, lookers: [...this.#lookers] });
  }
}
