import type { Room } from '@naer/core/contract/rooms';
import { CliError } from '../errors/cli-error.ts';

type Named = Pick<Room, 'id' | 'name'> & { readonly site: { readonly name: string } };

export const roomName = (room: Named): string => `${room.site.name}/${room.name}`;

/**
 * The room that somebody means: its id, its name, site and name, or the beginning of either when only one room begins
 * so. Case does not matter. Throws room_unknown, or room_ambiguous with the choices.
 */
export function matchRoom<R extends Named>(rooms: readonly R[], text: string): R {
  const wanted = fold(text);
  const names = (room: R) => [room.name, roomName(room)].map(fold);
  const readings = [
    (room: R) => room.id === wanted || names(room).includes(wanted),
    (room: R) => wanted !== '' && names(room).some((name) => name.startsWith(wanted)),
  ];
  for (const fits of readings) {
    const found = rooms.filter(fits);
    const [first] = found;
    if (first === undefined) continue;
    if (found.length === 1) return first;
    const choices = found.slice(0, 5).map(roomName).join(', ') + (found.length > 5 ? ', …' : '');
    throw new CliError('room_ambiguous', { room: text, choices, first: roomName(first) });
  }
  throw new CliError('room_unknown', { room: text });
}

const fold = (text: string): string =>
  text
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/\s*\/\s*/g, '/')
    .replace(/\s+/g, ' ');
