const DAY_MS = 86_400_000;
/** Below this a number is an offset, from it on an epoch time: 1e8 s is March 1973. */
const EPOCH_SECONDS_FROM = 1e8;
/** From this on a number is in milliseconds: 1e11 s is the year 5138, 1e11 ms is March 1973. */
const EPOCH_MS_FROM = 1e11;
/** From this on it can't be milliseconds of this millennium: 1e14 ms is the year 5138. */
const EPOCH_MS_UNDER = 1e14;

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?(Z|[+-]\d\d:?\d\d)?$/i;
const NUMBER = /^\d+(?:\.\d*)?(?:e\+?\d+)?$/i;

/**
 * A time as people and programs write it → milliseconds since 1970-01-01T00:00Z; NaN when it is none.
 *
 * `2026-03-01T09:30`, with or without seconds, `Z` or an offset; without one it is UTC, and a bare date is its
 * midnight. A number is seconds after `epoch` when it is under 1e8, else Unix seconds, from 1e11 on Unix milliseconds.
 */
export function parseTime(text: string, epoch = 0): number {
  const iso = text.length === 16 || text.length === 17 ? minutesIso(text) : undefined;
  if (iso !== undefined) return iso;
  if (NUMBER.test(text)) return fromNumber(Number(text), epoch);
  return fullIso(text);
}

function fromNumber(n: number, epoch: number): number {
  if (n < EPOCH_SECONDS_FROM) return epoch + Math.round(n * 1000);
  if (n < EPOCH_MS_FROM) return Math.round(n * 1000);
  return n < EPOCH_MS_UNDER ? Math.round(n) : Number.NaN;
}

/** The common `2026-03-01T09:30` and `…Z` read without a regular expression; undefined when it is anything else. */
function minutesIso(text: string): number | undefined {
  if (text.length === 17 && text.charCodeAt(16) !== 90) return undefined;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(13) !== 58) return undefined;
  const separator = text.charCodeAt(10);
  if (separator !== 84 && separator !== 32) return undefined;
  const year = two(text, 0) * 100 + two(text, 2);
  return instantOf(year, two(text, 5), two(text, 8), two(text, 11), two(text, 14), 0);
}

/** Two digits at `at`; NaN when they are not digits, which every sum with them then is. */
function two(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

function fullIso(text: string): number {
  const match = ISO.exec(text);
  if (!match) return Number.NaN;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone = 'Z'] = match;
  const at = instantOf(Number(year), Number(month), Number(day), Number(hour), Number(minute), Number(second));
  return at + Math.floor(Number(`0.${fraction || '0'}`) * 1000) - offsetMs(zone);
}

function offsetMs(zone: string): number {
  if (zone === 'Z' || zone === 'z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(-2));
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

function instantOf(year: number, month: number, day: number, hour: number, minute: number, second: number): number {
  const inRange =
    month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) && hour < 24 && minute < 60 && second < 60;
  return inRange ? daysSince1970(year, month, day) * DAY_MS + ((hour * 60 + minute) * 60 + second) * 1000 : Number.NaN;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** Proleptic Gregorian calendar. Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil. */
function daysSince1970(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}
