import { readFileSync } from 'node:fs';
import { calendarWindows } from '../../src/forecast/events/calendar.ts';
import type { HolidayTable } from '../../src/forecast/events/holidays.ts';
import { localTime } from '../../src/forecast/events/local-time.ts';
import type { EventWindow } from '../../src/forecast/events/window.ts';
import type { Instant } from '../../src/units.ts';

const TABLE = new URL('../../data/events/holidays.json', import.meta.url);

export interface Market {
  readonly timeZone: string;
  readonly holidays: readonly string[];
  readonly midnight: boolean;
}

/** What the package's calendar knows of a market from one time to another. */
export function windowsOf(
  { timeZone, holidays, midnight }: Market,
  from: Instant,
  to: Instant,
): readonly EventWindow[] {
  const table = JSON.parse(readFileSync(TABLE, 'utf8')) as HolidayTable;
  return calendarWindows({ local: localTime(timeZone), holidays, midnight }, table, from, to);
}
