import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { HolidayTable } from '../forecast/events/holidays.ts';

let reading: Promise<HolidayTable> | undefined;

/** The public holidays that the package carries in `data/events/`; read once a process, when first asked for. */
export function loadHolidays(): Promise<HolidayTable> {
  reading ??= readFile(packagedFile(), 'utf8').then((text) => JSON.parse(text) as HolidayTable);
  return reading;
}

/** From the source or from what is built of it: one lies a folder deeper. */
function packagedFile(): URL {
  const name = 'data/events/holidays.json';
  const [near, deep] = [new URL(`../../${name}`, import.meta.url), new URL(`../../../${name}`, import.meta.url)];
  return existsSync(near) ? near : deep;
}
