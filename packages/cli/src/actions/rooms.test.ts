import { describe, expect, it } from 'vitest';
import { CliError } from '../errors/cli-error.ts';
import { matchRoom } from './rooms.ts';

const room = (id: string, site: string, name: string) => ({ id, name, site: { name: site } });
const rooms = [
  room('a', 'Rådhuset', 'Samtaleboks 1'),
  room('b', 'Rådhuset', 'Samtaleboks 12'),
  room('c', 'Plejecenter Å', 'Samtaleboks 3'),
  room('d', 'Rådhuset', 'Samtaleboks 3'),
  room('e', 'Biblioteket', 'Stillerum'),
];
const found = (text: string) => matchRoom(rooms, text).id;

describe('the room that somebody means', () => {
  it.each([
    ['Rådhuset/Samtaleboks 3', 'd'],
    ['rådhuset / samtaleboks  3', 'd'],
    ['RA\u030aDHUSET/SAMTALEBOKS 3', 'd'],
    ['stillerum', 'e'],
    ['still', 'e'],
    ['bib', 'e'],
    ['plejecenter å/s', 'c'],
    ['c', 'c'],
  ])('%s is found', (text, id) => expect(found(text)).toBe(id));

  it('is the one of exactly that name even where others begin so', () =>
    expect(found('Samtaleboks 1')).toBe('a'));

  it('is asked for again, with the choices, when several fit', () => {
    expect(() => found('Samtaleboks 3')).toThrow(CliError);
    try {
      found('Samtaleboks 3');
    } catch (error) {
      expect(error).toMatchObject({
        code: 'room_ambiguous',
        params: { choices: 'Plejecenter Å/Samtaleboks 3, Rådhuset/Samtaleboks 3' },
      });
    }
  });

  it.each(['kælder', '', '  ', 'boks'])('is unknown for "%s"', (text) =>
    expect(() => found(text)).toThrow('room_unknown'),
  );
});
