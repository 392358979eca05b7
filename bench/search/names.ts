/** Names of a population: thousands of family names, a few of them very common. */
import type { Chance } from '../data/random.ts';

const COMMON = ['Smith', 'Johnson', 'Garcia', 'Müller', 'Rodríguez'];
const BEGINNINGS = [
  'Ash', 'Bar', 'Beck', 'Berg', 'Birch', 'Black', 'Brad', 'Burn', 'Cald', 'Carl', 'Cast', 'Clay', 'Cole', 'Cran', 'Dal',
  'Darn', 'Dun', 'East', 'Eck', 'Elm', 'Fair', 'Farn', 'Fen', 'Ford', 'Gar', 'Glen', 'Gold', 'Gran', 'Hal', 'Ham', 'Hart',
  'Hed', 'Hol', 'Hunt', 'Kel', 'Kirk', 'Lang', 'Lind', 'Lyn', 'Mar', 'Mil', 'Mor', 'Nor', 'Oak', 'Os', 'Pem', 'Quen',
  'Rad', 'Red', 'Rock', 'Ross', 'Sand', 'Sel', 'Shel', 'Stan', 'Thorn', 'Wal', 'West', 'Whit', 'Wood',
]; // biome-ignore format: a list of words reads best in lines
const ENDINGS = [
  'berg', 'borne', 'bridge', 'brook', 'burn', 'bury', 'by', 'cliffe', 'combe', 'cott', 'croft', 'dale', 'den', 'don', 'fall',
  'feld', 'field', 'ford', 'gate', 'grave', 'greve', 'ham', 'hart', 'holm', 'house', 'hurst', 'ing', 'ington', 'land', 'ley',
  'ling', 'low', 'lund', 'man', 'mark', 'mer', 'mond', 'more', 'ness', 'ock', 'over', 'quist', 'ridge', 'sen', 'shaw', 'side',
  'son', 'stead', 'stein', 'stock', 'stone', 'strom', 'thorpe', 'ton', 'vale', 'ville', 'ward', 'well', 'wick', 'worth',
]; // biome-ignore format: a list of words reads best in lines
const GIVEN = {
  female: [
    'Ana', 'Beatrice', 'Carmen', 'Chloé', 'Dorothy', 'Elena', 'Esperanza', 'Fatima', 'Grace', 'Hanna', 'Ingrid', 'Isabel',
    'Jasmine', 'Karin', 'Lena', 'Lucía', 'Mariana', 'Nadia', 'Olivia', 'Paula', 'Renée', 'Rosa', 'Sofia', 'Teresa', 'Zoë',
  ],
  male: [
    'Alberto', 'Bernd', 'Carlos', 'Dewey', 'Diego', 'Emmett', 'Felix', 'Giovanni', 'Hassan', 'Ivan', 'Jérôme', 'Jonas',
    'Kareem', 'Luis', 'Marek', 'Miguel', 'Nils', 'Omar', 'Piotr', 'Quentin', 'Rafael', 'Stefan', 'Tomás', 'Victor', 'Yusuf',
  ],
}; // biome-ignore format: a list of words reads best in lines

/** The share of the common names together. */
const COMMON_SHARE = 0.1;
/** A family name of which a population of any size has three. */
export const RARE_FAMILY = 'Featherstonehaugh';
export const COMMON_FAMILY = COMMON[0]!;

/** A family name: one of five in a tenth of the cases, else one of 3,600. */
export function familyName(chance: Chance): string {
  if (chance.often(COMMON_SHARE)) return chance.pick(COMMON);
  return chance.pick(BEGINNINGS) + chance.pick(ENDINGS);
}

/** Two given names. */
export function givenNames(chance: Chance, gender: 'female' | 'male'): string[] {
  return [chance.pick(GIVEN[gender]), chance.pick(GIVEN[gender])];
}
