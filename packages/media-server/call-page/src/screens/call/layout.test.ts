import { describe, expect, it } from 'vitest';
import { pageOf, personOf, seats } from '../../gallery/sample.ts';
import { layOut } from './layout.ts';

const { worker, citizen, guest, colleague } = seats;
const page = pageOf({ seats: [worker, citizen, guest, colleague] });
const hostPage = { ...page, me: { ...page.me, isHost: true } };
const of = (layout: ReturnType<typeof layOut>) => ({
  large: layout.large.map(({ seat }) => seat),
  row: layout.row.map(({ seat }) => seat),
});
const quiet = [personOf(guest), personOf(worker), personOf(colleague)];
const speaking = (seat: typeof guest) => quiet.map((each) => ({ ...each, speaking: each.seat === seat.id }));

describe('who stands where in a call', () => {
  it('shows one or two others as large as there is room', () => {
    expect(of(layOut(quiet.slice(0, 2), page, null, 0))).toEqual({ large: [guest.id, worker.id], row: [] });
  });

  it('shows the known face large while nobody has spoken: the worker, and to the host the citizen', () => {
    expect(of(layOut(quiet, page, null, 0))).toEqual({ large: [worker.id], row: [guest.id, colleague.id] });
    const asHost = [personOf(guest), personOf(colleague), personOf(citizen)];
    expect(of(layOut(asHost, hostPage, null, 0)).large).toEqual([citizen.id]);
  });

  it('shows who speaks, and does not jump at every word', () => {
    const first = layOut(speaking(guest), page, null, 0);
    expect(of(first).large).toEqual([guest.id]);
    const soon = layOut(speaking(colleague), page, first.largest, 1_000);
    expect(of(soon).large).toEqual([guest.id]);
    const later = layOut(speaking(colleague), page, soon.largest, 5_000);
    expect(of(later).large).toEqual([colleague.id]);
    expect(of(layOut(quiet, page, later.largest, 60_000)).large).toEqual([colleague.id]);
  });

  it('goes back to the known face when the large one has left', () => {
    const gone = quiet.concat(personOf(citizen)).filter(({ seat }) => seat !== guest.id);
    expect(of(layOut(gone, page, { seat: guest.id, since: 0 }, 9_000)).large).toEqual([worker.id]);
  });

  it('gives a shared screen the stage, with everybody in the row', () => {
    const [first, ...rest] = quiet;
    const sharing = [{ ...personOf(guest), ...first, screen: { id: 's', live: true } }, ...rest];
    expect(of(layOut(sharing, page, null, 0))).toEqual({
      large: [],
      row: [guest.id, worker.id, colleague.id],
    });
  });
});
