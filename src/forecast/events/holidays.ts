import { dayNumber } from './local-time.ts';

/**
 * Public holidays by country or region, as `data/events/holidays.json` holds them: for each holiday its key, its name
 * and its days, either one `MMDD` for all years or one entry a year from `from` on (`-` none, `+` between several).
 */
export interface HolidayTable {
  readonly from: number;
  readonly to: number;
  readonly holidays: readonly (readonly [key: string, name: string, days: string])[];
  /** `DE-BY` → indices into `holidays` */
  readonly regions: Readonly<Record<string, readonly number[]>>;
}

export interface Holiday {
  readonly key: string;
  readonly name: string;
  /** local date, counted from 1970-01-01 */
  readonly day: number;
}

/** Holidays of one region from one day to another, both included; a region without its own table has its country's. */
export function holidaysOf(table: HolidayTable, region: string, first: number, last: number): readonly Holiday[] {
  const indices = table.regions[region] ?? table.regions[region.slice(0, 2)] ?? [];
  return indices.flatMap((index) => {
    const [key, name, written] = table.holidays[index] ?? ['', '', '-'];
    return daysOf(table, written)
      .filter((day) => day >= first && day <= last)
      .map((day) => ({ key, name, day }));
  });
}

function daysOf({ from, to }: HolidayTable, written: string): readonly number[] {
  const years = written.split(' ');
  return Array.from({ length: to - from + 1 }, (_, i) => i).flatMap((i) =>
    (years.length === 1 ? written : (years[i] ?? '-'))
      .split('+')
      .filter((day) => day !== '-')
      .map((day) => dayNumber(`${from + i}-${day.slice(0, 2)}-${day.slice(2)}`)),
  );
}
