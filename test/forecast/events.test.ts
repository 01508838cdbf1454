import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { calendarWindows, restDayOf } from '../../src/forecast/events/calendar.ts';
import { dayNumber, localTime, weekdayOf } from '../../src/forecast/events/local-time.ts';
import { normalQuantile } from '../../src/forecast/events/normal.ts';
import type { HolidayTable } from '../../src/forecast/events/holidays.ts';
import type { EventWindow } from '../../src/forecast/events/window.ts';
import { HOLIDAY_REGIONS } from '../../src/fleet/document/holiday-regions.ts';
import { loadHolidays } from '../../src/world/holidays.ts';
import { instant, type Instant } from '../../src/units.ts';

const table: HolidayTable = await loadHolidays();
const at = (iso: string): Instant => instant(Date.parse(iso));

function windowsIn(timeZone: string, holidays: readonly string[], from: string, to: string): readonly EventWindow[] {
  return calendarWindows({ local: localTime(timeZone), holidays, midnight: true }, table, at(from), at(to));
}

const iso = (t: Instant): string => new Date(t).toISOString().replace(':00.000Z', 'Z');

describe('the calendar', () => {
  test.each([
    ['Spring Festival 2027 is 6 February, not the 7th', 'Asia/Shanghai', 'CN', 'lunar new year', '2027-02-05T16:00Z'],
    ['its second day', 'Asia/Shanghai', 'CN', 'lunar new year +1', '2027-02-06T16:00Z'],
    ['in Seoul the new moon of 2027 is past midnight', 'Asia/Seoul', 'KR', 'lunar new year', '2027-02-06T15:00Z'],
    ['in Hanoi it is not', 'Asia/Ho_Chi_Minh', 'VN', 'lunar new year', '2027-02-05T17:00Z'],
    ['a feast of the moon', 'Asia/Shanghai', 'CN', 'chinese 08-0-15', '2027-09-14T16:00Z'],
    ['a fixed day, local', 'America/New_York', 'US', '07-04', '2027-07-04T04:00Z'],
    ['its substitute, since 4 July 2027 is a Sunday', 'America/New_York', 'US', '07-04 observed', '2027-07-05T04:00Z'],
    ['a moving feast', 'Europe/Berlin', 'DE-BY', 'easter 60', '2027-05-26T22:00Z'],
    ['a day that only a region keeps', 'Europe/Berlin', 'DE-BY', '01-06', '2027-01-05T23:00Z'],
    ['the day between a Thursday and the weekend', 'Europe/Berlin', 'DE-BY', 'bridge day', '2027-05-06T22:00Z'],
    ['the day before', 'UTC', 'GB-ENG', '12-25 -1', '2027-12-24T00:00Z'],
  ])('%s', (_why, zone, region, key, from) => {
    const found = windowsIn(zone, [region], '2027-01-01T00:00Z', '2027-12-31T00:00Z').filter((w) => w.key === key);
    expect(found.map((w) => iso(w.from))).toContain(from);
  });

  test('the whole country does not keep what one region does', () => {
    const keys = windowsIn('Europe/Berlin', ['DE'], '2027-01-03T00:00Z', '2027-01-09T00:00Z').map((w) => w.key);
    expect(keys).not.toContain('01-06');
  });

  test('midnight bursts stand at the local midnight, lunar ones only where they are kept', () => {
    const nights = (zone: string, region: string) =>
      windowsIn(zone, [region], '2026-12-01T00:00Z', '2027-03-01T00:00Z')
        .filter(({ kind }) => kind === 'midnight')
        .map(({ key, from }) => `${key} ${iso(from)}`);
    expect(nights('Asia/Shanghai', 'CN')).toEqual([
      'midnight of new year 2026-12-31T15:00Z',
      'midnight of lunar new year 2027-02-05T15:00Z',
    ]);
    expect(nights('America/Sao_Paulo', 'BR')).toEqual(['midnight of new year 2027-01-01T02:00Z']);
  });

  test('no local day has two windows, and the first region names it', () => {
    const days = windowsIn('Europe/Berlin', ['DE-BY', 'AT', 'CN'], '2026-01-01T00:00Z', '2027-12-31T00:00Z')
      .filter(({ kind }) => kind !== 'midnight')
      .map((w) => w.from);
    expect(new Set(days).size).toBe(days.length);
  });

  test('the day of rest follows the country', () => {
    expect([restDayOf(['SA']), restDayOf(['IL']), restDayOf(['DE-BY']), restDayOf([])]).toEqual([5, 6, 0, 0]);
  });

  test('the fleet file accepts exactly the regions that the table holds', () => {
    expect(HOLIDAY_REGIONS).toEqual(Object.keys(table.regions));
  });

  test('the table weighs little enough to be read whenever it is needed', () => {
    expect(readFileSync(new URL('../../data/events/holidays.json', import.meta.url)).length).toBeLessThan(400_000);
  });
});

describe('local days', () => {
  test.each([
    ['clocks go forward: 23 hours', 'Europe/Berlin', '2027-03-28', 23],
    ['clocks go back: 25 hours', 'Europe/Berlin', '2027-10-31', 25],
    ['half an hour of change', 'Australia/Lord_Howe', '2027-04-04', 24.5],
    ['clocks go forward at midnight: the day starts at one', 'America/Asuncion', '2023-10-01', 23],
    ['a day that an island left out', 'Pacific/Apia', '2011-12-30', 0],
    ['no change at all', 'Asia/Shanghai', '2027-03-28', 24],
  ])('%s', (_why, zone, day, hours) => {
    const local = localTime(zone);
    const d = dayNumber(day);
    expect((local.startOf(d + 1) - local.startOf(d)) / 3_600_000).toBe(hours);
  });

  test('the first instant of a day lies on it, and the one before does not', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'America/Santiago', 'Africa/Cairo', 'UTC'];
    fc.assert(
      fc.property(fc.constantFrom(...zones), fc.integer({ min: 12_000, max: 25_000 }), (zone, day) => {
        const local = localTime(zone);
        const start = local.startOf(day);
        expect(local.dayOf(start)).toBe(day);
        expect(local.dayOf(instant(start - 1))).toBe(day - 1);
      }),
      { numRuns: 60 },
    );
  });

  test('the same time a week later is the same time on the wall, across a change of clocks', () => {
    const local = localTime('Europe/Berlin');
    expect(iso(local.shifted(at('2027-03-25T11:00Z'), 7))).toBe('2027-04-01T10:00Z');
  });

  test('1 January 2027 is a Friday', () => {
    expect(weekdayOf(dayNumber('2027-01-01'))).toBe(5);
  });
});

test.each([
  [0.5, 0],
  [0.9, 1.2816],
  [0.99, 2.3263],
  [0.999, 3.0902],
  [0.01, -2.3263],
])('the normal law’s quantile at %d', (p, z) => {
  expect(normalQuantile(p)).toBeCloseTo(z, 3);
});
