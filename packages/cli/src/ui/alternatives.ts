import type { Alternative } from '@naer/core/contract/rooms';
import { say } from '../language.ts';
import { quoted } from './shell.ts';
import { shortSpan } from './time.ts';

/**
 * Free rooms and times, each as a command to paste. `argv` is the command that met a taken room: whom it booked for,
 * or which booking it moved, is kept.
 */
export function alternativeLines(alternatives: readonly Alternative[], argv: readonly string[]): string[] {
  if (alternatives.length === 0) return [];
  const moved = argv[0] === 'rooms' && argv[1] === 'move' ? argv[2] : undefined;
  const at = argv.indexOf('--for');
  const forWhom = at === -1 ? '' : ` --for ${argv[at + 1]}`;
  const commands = alternatives.map(({ room, startsAt, endsAt }) => {
    const where = quoted(`${room.site}/${room.name}`);
    const when = quoted(shortSpan(startsAt, endsAt));
    return moved === undefined
      ? `  naer rooms book ${where} ${when}${forWhom}`
      : `  naer rooms move ${moved} ${when} --room ${where}`;
  });
  return [say('Det nærmeste ledige:', 'The nearest free:'), ...commands];
}
