import type { Alternative } from '@naer/core/contract';
import { say } from '../language.ts';
import { span } from './time.ts';

/** Free rooms and times, each as a command to paste. */
export function alternativeLines(alternatives: readonly Alternative[]): string[] {
  if (alternatives.length === 0) return [];
  const commands = alternatives.map(
    ({ room, startsAt, endsAt }) =>
      `  naer rooms book "${room.site}/${room.name}" "${span(startsAt, endsAt)}"`,
  );
  return [say('Ledigt i nærheden:', 'Free nearby:'), ...commands];
}
