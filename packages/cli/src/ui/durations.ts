import { counted, say } from '../language.ts';

/** Minutes in a sentence: "45 minutter", "1 time", "6 timer og 25 minutter". Tables show plain minutes. */
export function durationText(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  const parts = [
    ...(hours > 0 ? [counted(hours, ['time', 'timer'], ['hour', 'hours'])] : []),
    ...(rest > 0 || hours === 0 ? [counted(rest, ['minut', 'minutter'], ['minute', 'minutes'])] : []),
  ];
  return `${minutes < 0 ? '−' : ''}${parts.join(say(' og ', ' and '))}`;
}
