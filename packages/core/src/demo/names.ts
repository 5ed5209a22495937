import { at, type Random } from './random.ts';

export type Gender = 'woman' | 'man';

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Common first names, the last dozen of each from elsewhere than Denmark. Nobody is meant: names are put together by chance. */
export const firstNames: Readonly<Record<Gender, readonly string[]>> = {
  woman: words(`
    Anne Kirsten Mette Hanne Helle Anna Susanne Lene Maria Marianne Inge Karen Lone Bente Camilla Pia Jette Louise Charlotte
    Tina Gitte Birthe Ida Emma Julie Sofie Sara Laura Mathilde Cecilie Katrine Line Maja Nanna Rikke Trine Signe Astrid Freja
    Lærke Josefine Stine Dorthe Vibeke Ulla Annette Britta Tove Ditte Bodil
    Fatima Amina Leyla Aisha Zeynep Mariam Agnieszka Katarzyna Olena Nour Hodan Thi`),
  man: words(`
    Peter Jens Lars Michael Henrik Thomas Søren Jan Niels Christian Martin Jørgen Hans Anders Morten Jesper Ole Per Erik Mads
    Rasmus Kasper Jakob Mikkel Frederik Emil Oliver Magnus Kristian Simon Steffen Torben Claus Bent Carsten Flemming Allan Brian
    Kim Dennis Tobias Nikolaj Villads Viggo Asger Troels Bjarne Preben Gert Kurt
    Mohammed Ali Ahmed Hassan Yusuf Omar Piotr Marek Andrii Mehmet Abdi Minh`),
};

const danishLastNames = words(`
  Jensen Nielsen Hansen Pedersen Andersen Christensen Larsen Sørensen Rasmussen Jørgensen Petersen Madsen Kristensen Olsen
  Thomsen Christiansen Poulsen Johansen Møller Mortensen Knudsen Jakobsen Jacobsen Mikkelsen Ravn Laursen Lund Holm
  Schmidt Eriksen Clausen Simonsen Svendsen Andreasen Iversen Østergaard Jeppesen Nissen Lauridsen Kjær Jespersen Mogensen
  Nørgaard Jepsen Frandsen Søndergaard Carlsen Dahl Bach Krogh Bruun Toft Vestergaard Lauritsen Kruse Winther Dam Friis Bjerregaard Skov`);
const otherLastNames = words(
  `Ahmed Ali Hussein Yilmaz Khan Nguyen Kowalski Nowak Kaya Hassan Ibrahim Mohamed Shevchenko Rahimi`,
);
const fromElsewhere = 12;

const streets = words(`
  Birkevænget Lærkevej Kildebakken Åbrinken Mosevangen Skovparken Rosenhaven Elmegården Solsikkevej Engdraget Hyldestien
  Kirsebærvej Møllebakken Nordvænget Søndertoften Vestervang Ahornparken Pilehaven`);
const floors = [
  '',
  '',
  '',
  ', st. tv.',
  ', st. th.',
  ', 1. tv.',
  ', 1. th.',
  ', 2. tv.',
  ', 2. th.',
  ', 3. mf.',
];

/** A first and a last name that go together. */
export function inventName(
  gender: Gender,
  random: Random,
): { readonly first: string; readonly last: string } {
  const list = firstNames[gender];
  const elsewhere = random.chance(12);
  const place = elsewhere
    ? random.between(list.length - fromElsewhere, list.length - 1)
    : random.below(list.length - fromElsewhere);
  return { first: at(list, place), last: random.pick(elsewhere ? otherLastNames : danishLastNames) };
}

/** 9999 is no Danish postal code. */
export const inventAddress = (random: Random): string =>
  `${random.pick(streets)} ${random.between(1, 98)}${random.pick(floors)}, 9999 Demoby`;

const plainLetters: Readonly<Record<string, string>> = { æ: 'ae', ø: 'oe', å: 'aa' };
export const mailName = (name: string): string =>
  name.toLowerCase().replace(/[æøå]/g, (letter) => plainLetters[letter] ?? letter);

/** Initials as municipalities give them: two letters of the first name, one or two of the last, told apart by a digit. */
export function inventInitials(first: string, last: string, taken: Set<string>): string {
  const whole = `${first.slice(0, 2)}${last.slice(0, 2)}`.toUpperCase();
  for (let nth = 1; ; nth += 1) {
    const initials = nth === 1 ? whole : `${whole}${nth}`;
    if (taken.has(initials)) continue;
    taken.add(initials);
    return initials;
  }
}
