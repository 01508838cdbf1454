import { readFile } from 'node:fs/promises';
import type { HolidayTable } from '../forecast/events/holidays.ts';
import { packagedFolder } from './packaged.ts';

let reading: Promise<HolidayTable> | undefined;

/** The public holidays that the package carries in `data/events/`; read once a process, when first asked for. */
export function loadHolidays(): Promise<HolidayTable> {
  reading ??= readFile(new URL('holidays.json', packagedFolder('events')), 'utf8').then(
    (text) => JSON.parse(text) as HolidayTable,
  );
  return reading;
}
