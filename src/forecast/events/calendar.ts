import { instant, type Instant } from '../../units.ts';
import { holidaysOf, type Holiday, type HolidayTable } from './holidays.ts';
import { weekdayOf, type LocalTime } from './local-time.ts';
import type { EventWindow } from './window.ts';

/** What days and nights of a market the calendar says may not be ordinary. */
export interface Calendar {
  readonly local: LocalTime;
  /** countries and regions; where two know a day, the first names it */
  readonly holidays: readonly string[];
  /** whether a burst is looked for at the midnight of a new year */
  readonly midnight: boolean;
}

const MINUTE_MS = 60_000;
/** People write before the hour strikes, and answer long after. */
const BEFORE_MIDNIGHT_MS = 60 * MINUTE_MS;
const AFTER_MIDNIGHT_MS = 120 * MINUTE_MS;

/** Around these, people are away for longer than the law says: each of the days is told apart. */
const WIDE: Readonly<Record<string, readonly [number, number]>> = { '12-25': [-3, 6], 'lunar new year': [-3, 8] };

/** Windows that touch [from, to]: holidays, the days beside them, and the midnights of new years. */
export function calendarWindows(
  { local, holidays, midnight }: Calendar,
  table: HolidayTable,
  from: Instant,
  to: Instant,
): readonly EventWindow[] {
  const first = local.dayOf(from) - 10;
  const last = local.dayOf(to) + 10;
  const found = holidays.flatMap((region) => holidaysOf(table, region, first, last));
  const days = new Map<number, Omit<EventWindow, 'from' | 'to'>>();
  const add = (day: number, key: string, name: string, kind: 'holiday' | 'near'): void => {
    if (!days.has(day)) days.set(day, { key, name, kind });
  };
  for (const { day, key, name } of found) add(day, key, name, 'holiday');
  for (const holiday of found) addNear(holiday, add, WIDE);
  for (const { day, name } of found) {
    // the one working day between a holiday and the weekend; all of them are alike, so they share a key
    if (weekdayOf(day) === 4) add(day + 1, 'bridge day', `bridge day after ${name}`, 'near');
    if (weekdayOf(day) === 2) add(day - 1, 'bridge day', `bridge day before ${name}`, 'near');
  }
  for (const holiday of found) addNear(holiday, add);
  const whole = [...days].map(([day, named]): EventWindow => ({
    ...named,
    from: local.startOf(day),
    to: local.startOf(day + 1),
  }));
  const nights = midnight ? midnights(found, local, first, last) : [];
  return [...whole, ...nights].filter((w) => w.to > from && w.from <= to).toSorted((a, b) => a.from - b.from);
}

type Add = (day: number, key: string, name: string, kind: 'near') => void;

/** Without `wide`, the day before and the day after; with it, only holidays around which people are away for longer. */
function addNear({ key, name, day }: Holiday, add: Add, wide?: typeof WIDE): void {
  const [, base = key, distance = '0'] = /^(.*) ([+-]\d+)$/.exec(key) ?? [];
  const at = Number(distance);
  if (wide && !wide[base]) return;
  const [least, most] = wide?.[base] ?? [at - 1, at + 1];
  for (let d = least; d <= most; d++) {
    if (d === at) continue;
    const apart = Math.abs(d - at);
    const words = `${apart} ${apart === 1 ? 'day' : 'days'} ${d < at ? 'before' : 'after'} ${name}`;
    add(day + d - at, d === 0 ? base : `${base} ${d > 0 ? '+' : ''}${d}`, words, 'near');
  }
}

/** The solar new year is kept everywhere, the lunar one where the calendar has a holiday of it. */
function midnights(found: readonly Holiday[], local: LocalTime, first: number, last: number): readonly EventWindow[] {
  const lunar = found.flatMap(({ key, day }) => {
    const [whole, distance = '0'] = /^lunar new year(?: ([+-]\d+))?$/.exec(key) ?? [];
    return whole === undefined ? [] : [day - Number(distance)];
  });
  const solar: number[] = [];
  for (let day = first; day <= last; day++) {
    if (new Date(day * 86_400_000).toISOString().slice(5, 10) === '01-01') solar.push(day);
  }
  const night =
    (key: string, name: string) =>
    (day: number): EventWindow => {
      const at = local.startOf(day);
      return {
        key,
        name,
        kind: 'midnight',
        from: instant(at - BEFORE_MIDNIGHT_MS),
        to: instant(at + AFTER_MIDNIGHT_MS),
      };
    };
  return [
    ...solar.map(night('midnight of new year', 'midnight of the new year')),
    ...[...new Set(lunar)].map(night('midnight of lunar new year', 'midnight of the lunar new year')),
  ];
}

/** Where the weekly day of rest is not Sunday, by country. 5 = Friday, 6 = Saturday. */
const REST: Readonly<Record<string, number>> = {
  ...Object.fromEntries(
    ['AF', 'BD', 'BH', 'DZ', 'EG', 'IQ', 'IR', 'JO', 'KW', 'LY', 'MV', 'OM', 'QA', 'SA', 'SD', 'SY', 'YE'].map((c) => [
      c,
      5,
    ]),
  ),
  IL: 6,
};

/** The weekly day of rest, 0 = Sunday: what a holiday is first taken for. */
export const restDayOf = (holidays: readonly string[]): number => REST[(holidays[0] ?? '').slice(0, 2)] ?? 0;
