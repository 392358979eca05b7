/** Location.near: places within a distance. https://hl7.org/fhir/R4/location.html#positional */
import { Fault, type SearchParameter } from '../../resources/index.ts';
import { any, list, name, type Sql, sql } from '../sql.ts';
import { RANK, type Where } from './condition.ts';
import { compare, decimalText, parseDecimal } from './decimal.ts';
import { splitUnescaped } from './escape.ts';
import { inSlots } from './places.ts';
import { conversionOf } from './unit.ts';

/** Writing side: a Location.position; undefined where it is not on the earth. */
export function geoPoint(position: any): { lat: number; lon: number } | undefined {
  const lat = position?.latitude;
  const lon = position?.longitude;
  if (typeof lat !== 'number' || typeof lon !== 'number' || Math.abs(lat) > 90 || Math.abs(lon) > 180) return undefined;
  return { lat, lon };
}

/** Mean radius of the earth, metres: the distances are great circles on a sphere, within 0.6 % of the true ones. */
const RADIUS_M = 6_371_008.8;
/** What is near when the caller does not say, which R4 leaves to the server. */
const DEFAULT_M = 50_000;

interface Circle {
  readonly lat: number;
  readonly lon: number;
  readonly radiusM: number;
}

/** Reading side: `latitude|longitude|distance|units`. */
export const where: Where = (parameter, values, _modifier, { alias }) => {
  const circles = values.map((value) => parseNear(value, parameter.code));
  const slots = inSlots(
    'x.k',
    parameter.slots.map(({ k }) => k),
  );
  const rows = sql`x_geo x WHERE ${slots} AND ${any(circles.map(isWithin))}`;
  return {
    filter: sql`((SELECT true FROM ${rows} AND x.rid = ${name(`${alias}.rid`)} LIMIT 1) IS TRUE)`,
    driver: { rank: RANK.closedRange, rids: sql`SELECT x.rid FROM ${rows}` },
  };
};

/**
 * How far a place is from the nearest of what is asked for, in radians.
 * @param values of the parameter @throws Fault `invalid-value`
 */
export function distanceFrom(parameter: SearchParameter, values: readonly string[], alias: string): Sql {
  const circles = values.map((value) => parseNear(value, parameter.code));
  const slots = inSlots(
    'x.k',
    parameter.slots.map(({ k }) => k),
  );
  const nearest = sql`least(${list(circles.map(distanceTo))})`;
  return sql`(SELECT min(${nearest})::numeric FROM x_geo x WHERE ${slots} AND x.rid = ${name(`${alias}.rid`)})`;
}

/** @throws Fault `invalid-value` */
function parseNear(text: string, code: string): Circle {
  const [lat, lon, distance = '', unit = '', ...more] = splitUnescaped(text, '|');
  const degrees = [lat, lon].map((part) => (parseDecimal(part ?? '') ? Number(part) : Number.NaN));
  const radiusM = radiusOf(distance, unit);
  const isOnEarth = Math.abs(degrees[0]!) <= 90 && Math.abs(degrees[1]!) <= 180;
  if (isOnEarth && radiusM !== undefined && more.length === 0) return { lat: degrees[0]!, lon: degrees[1]!, radiusM };
  throw new Fault('invalid-value', `${code}=${text.slice(0, 80)} is not a place.`, {
    expression: code,
    hint: 'Write latitude|longitude|distance|unit, for example 42.256500|-83.694810|11.20|km; the unit is one of length in UCUM, km when left out.',
  });
}

function radiusOf(distance: string, unit: string): number | undefined {
  if (distance === '') return unit === '' ? DEFAULT_M : undefined;
  const value = parseDecimal(distance);
  const conversion = conversionOf(unit === '' ? 'km' : unit);
  if (!value || conversion?.kind !== conversionOf('m')!.kind || compare(value, { digits: 0n, scale: 0 }) < 0)
    return undefined;
  return Number(decimalText(conversion.convert(value)));
}

/** The box finds by the index, the circle decides. */
function isWithin({ lat, lon, radiusM }: Circle): Sql {
  // A hair wider than the circle: the box is computed in another way.
  const span = (radiusM / RADIUS_M) * (180 / Math.PI) * 1.001 + 1e-6;
  const south = Math.max(lat - span, -90);
  const north = Math.min(lat + span, 90);
  const half = Math.sin((span * Math.PI) / 180) / Math.cos((lat * Math.PI) / 180);
  // Around a pole every longitude is near.
  const isPolar = south <= -90 || north >= 90 || span >= 90 || half >= 1;
  const width = isPolar ? 180 : (Math.asin(half) * 180) / Math.PI + 1e-6;
  const boxes = isPolar ? [[-180, 180]] : turns(lon, width);
  const inBox = any(
    boxes.map(
      ([west, east]) =>
        sql`point(x.lon, x.lat) <@ box(point(${west}::float8, ${south}::float8), point(${east}::float8, ${north}::float8))`,
    ),
  );
  return sql`(${inBox} AND ${distanceTo({ lat, lon })} <= ${radiusM / RADIUS_M}::float8)`;
}

/** The great circle between a row of x_geo and a point, in radians. */
function distanceTo({ lat, lon }: Pick<Circle, 'lat' | 'lon'>): Sql {
  return sql`(2 * asin(sqrt(least(1, sind((x.lat - ${lat}::float8) / 2) ^ 2
    + cosd(${lat}::float8) * cosd(x.lat) * sind((x.lon - ${lon}::float8) / 2) ^ 2))))`;
}

/** West and east of a box, cut in two where it crosses the date line. */
function turns(lon: number, width: number): number[][] {
  const [west, east] = [lon - width, lon + width];
  if (west < -180)
    return [
      [-180, east],
      [west + 360, 180],
    ];
  if (east > 180)
    return [
      [west, 180],
      [-180, east - 360],
    ];
  return [[west, east]];
}
