import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Holidays from 'date-holidays';
import { Lunar } from 'lunar-typescript';

/**
 * Writes the public holidays of all countries and their regions to data/events/holidays.json, and their codes to
 * src/fleet/document/holiday-regions.ts. `npx tsx scripts/build-holidays.ts`; takes some ten seconds.
 *
 * A table and not the library at run time: the library and what it needs is 50 MB on disk, and a plan that is replayed
 * must not change with a library's version.
 */
const FROM = 2010;
const TO = 2040;
const DAY_MS = 86_400_000;
/** Days around the lunar new year that are counted from it. */
const LUNAR_DAYS = 8;
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');

const countries = new Holidays();
const regions = Object.keys(countries.getCountries('en') ?? {}).flatMap((country) => [
  { code: country, country, state: undefined },
  ...Object.keys(countries.getStates(country, 'en') ?? {}).map((state) => ({
    code: `${country}-${state.toUpperCase()}`,
    country,
    state,
  })),
]);

const entries = new Map<string, number>();
const table: Record<string, number[]> = {};
for (const { code, country, state } of regions.toSorted((a, b) => (a.code < b.code ? -1 : 1))) {
  const holidays = state === undefined ? new Holidays(country) : new Holidays(country, state);
  const found = holidaysOf(holidays);
  if (found.length > 0) table[code] = [...new Set(found.map(indexOf))].toSorted((a, b) => a - b);
}

const lines = [...entries.keys()];
mkdirSync(join(ROOT, 'data/events'), { recursive: true });
writeFileSync(
  join(ROOT, 'data/events/holidays.json'),
  [
    '{',
    `"from":${FROM},"to":${TO},`,
    '"source":"date-holidays by commenthol and contributors, CC-BY-3.0, reduced to dates; lunar new years checked against lunar-typescript",',
    '"holidays":[',
    `${lines.join(',\n')}],`,
    '"regions":{',
    Object.entries(table)
      .map(([code, list]) => `${JSON.stringify(code)}:[${list.join()}]`)
      .join(',\n'),
    '}}\n',
  ].join('\n'),
);
const codes = Object.keys(table).join(' ');
writeFileSync(
  join(ROOT, 'src/fleet/document/holiday-regions.ts'),
  `/** Countries and regions whose public holidays data/events/holidays.json holds; written by scripts/build-holidays.ts. */
export const HOLIDAY_REGIONS: readonly string[] =
  '${codes}'.split(
    ' ',
  );
`,
);

interface Found {
  readonly key: string;
  readonly name: string;
  /** ISO days */
  readonly days: readonly string[];
}

/** Whole public holidays, each day of a longer one by its distance from the first. */
function holidaysOf(calendar: Holidays): readonly Found[] {
  const found = new Map<string, { name: string; days: string[] }>();
  for (let year = FROM; year <= TO; year++) {
    for (const { date, name, rule, type, substitute, start, end } of calendar.getHolidays(year, 'en')) {
      const hours = (end.getTime() - start.getTime()) / 3_600_000;
      // half days off, such as Women's Day in China from noon on, are for a part of the people
      if (type !== 'public' || hours < 20 || / (1[0-9]|2[0-3]|0[1-9]):00/.test(rule)) continue;
      for (let day = 0; day < Math.round(hours / 24); day++) {
        const on = isoDay(Date.parse(`${date.slice(0, 10)}T00:00Z`) + day * DAY_MS);
        const key = keyOf(`${rule} ${name}`, rule, on, day, substitute === true);
        const entry = found.get(key) ?? { name, days: [] };
        found.set(key, entry);
        if (!entry.days.includes(on)) entry.days.push(on);
      }
    }
  }
  return [...found].map(([key, { name, days }]) => ({ key, name, days: days.toSorted() }));
}

/**
 * What makes a holiday the same in another year or country: its rule without what moves it, and the distance from the
 * first of its days. All lunar new years of East Asia are one; their days are counted from the first of the new year.
 */
function keyOf(words: string, rule: string, on: string, day: number, substitute: boolean): string {
  const [, people] = /\b(chinese|korean|vietnamese|lunar new year|spring festival)\b/i.exec(words) ?? [];
  const after = people === undefined ? Number.NaN : daysAfterLunarNewYear(on, people.toLowerCase());
  if (Math.abs(after) <= LUNAR_DAYS) return withDistance('lunar new year', after);
  const stem = rule
    .replace(/^substitutes /, '')
    .replace(/ (?:and )?(?:if|since|prior to|in (?:even|odd|leap|\d)|on \w+day|not on|#|P\d+D).*$/i, '')
    .replace(/^\d{4}-(\d\d-\d\d)$/, '$1')
    .trim();
  return withDistance(`${stem.toLowerCase()}${substitute ? ' observed' : ''}`, day);
}

function withDistance(key: string, days: number): string {
  return days === 0 ? key : `${key} ${days > 0 ? '+' : ''}${days}`;
}

/** The Korean new year is that of the new moon in Seoul: in 2027 and 2028 it is a day later than the Chinese one. */
function daysAfterLunarNewYear(on: string, people: string): number {
  const year = Number(on.slice(0, 4));
  const late = people === 'korean' && (year === 2027 || year === 2028) ? 1 : 0;
  return (Date.parse(on) - Date.parse(lunarNewYear(year))) / DAY_MS - late;
}

function lunarNewYear(year: number): string {
  return Lunar.fromYmd(year, 1, 1).getSolar().toYmd();
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}

/** `["12-25","Christmas Day","12-25"]`, or the days of each year from the first on: `"2010 0214 0203 … -"`. */
function indexOf({ key, name, days }: Found): number {
  const years = Array.from({ length: TO - FROM + 1 }, (_, i) => {
    const of = days.filter((day) => day.startsWith(`${FROM + i}`)).map((day) => day.slice(5).replace('-', ''));
    return of.length === 0 ? '-' : of.join('+');
  });
  const fixed = years.every((year) => year === years[0]) ? years[0] : undefined;
  const line = JSON.stringify([key, name, fixed ?? years.join(' ')]);
  const index = entries.get(line) ?? entries.size;
  entries.set(line, index);
  return index;
}

for (const code of ['CN', 'KR', 'SG', 'TW', 'VN']) {
  const days = (table[code] ?? [])
    .map((i) => JSON.parse(lines[i] ?? '[]') as readonly [string, string, string])
    .filter(([key]) => key === 'lunar new year');
  for (let year = FROM; year <= TO; year++) {
    const on = days.map(([, , years]) => years.split(' ')[year - FROM]);
    const lunar = lunarNewYear(year).slice(5).replace('-', '');
    const korean = code === 'KR' && (year === 2027 || year === 2028);
    if (!on.includes(lunar) && !korean) throw new Error(`${code} ${year}: ${on.join()} is not ${lunar}`);
  }
}
