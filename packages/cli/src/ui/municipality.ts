import type { Municipality } from '@naer/core/contract/identity';
import { say } from '../language.ts';
import { renderCard } from './table.ts';

export const municipalityCard = (municipality: Municipality): string =>
  renderCard([
    [say('Kommune', 'Municipality'), municipality.name],
    [
      say('Rum frigives', 'Rooms are released'),
      say(
        `${municipality.checkInGraceMinutes} minutter efter start uden tjek ind`,
        `${municipality.checkInGraceMinutes} minutes after the start without check-in`,
      ),
    ],
    ...(municipality.isDemo
      ? [[say('Demo', 'Demo'), say('ja, alle data er opdigtede', 'yes, all data are invented')] as const]
      : []),
  ]);
