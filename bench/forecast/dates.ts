import type { EventWindow } from '../../src/forecast/events/window.ts';
import type { FitOptions } from '../../src/forecast/fit.ts';
import { fitWithEvents, predictWithEvents } from '../../src/forecast/with-events.ts';
import type { ObservedSignal } from '../../src/signals/signal.ts';
import { instant, type Instant, seconds } from '../../src/units.ts';
import type { Asked, Claim } from './asked.ts';
import { windowsOf } from './holidays.ts';
import { readAt, recordedIn } from './series.ts';
import { plainLine } from './table.ts';

const FILE = 'appserver_hourly';
/** Its quiet days are Germany's. The other two calendars hold days that are ordinary for it. */
const OWN = { timeZone: 'UTC', holidays: ['DE'], midnight: false };
const MANY = { ...OWN, holidays: ['DE', 'US', 'CN'] };
const DATES = ['12-25', '01-01'];
const DAY_MS = 86_400_000;
const DAY = seconds(86_400);
const WAPE_WANTED = 0.08;
const WORSE_AT_MOST = 1.05;
/** Every so manieth day is looked at, of those that are no holiday of its own: all weekdays in turn. */
const EVERY = 8;
/** Share of the load by which a day must be worse before it counts as worse: nearer than that no plan differs. */
const WORSE_FROM = 0.01;

interface Row {
  readonly what: string;
  /** absolute error over load, of the whole day */
  readonly wapeOff: number;
  readonly wapeOn: number;
}

/** Days of a server with three Christmases: forecast from the midnight before, with the calendar and without. */
export function dates(asked: Asked, options: FitOptions): { readonly rows: readonly Row[]; readonly claims: Claim[] } {
  const one = recordedIn(asked.folder).recorded.find(({ name }) => name === FILE);
  if (!one) {
    asked.say(`dates: left out, ${FILE}.csv is not in ${asked.folder}`);
    return { rows: [], claims: [] };
  }
  const signal = readAt(one, 3600);
  asked.say(plainLine(`${FILE}, a day from its midnight on`, ['off', 'on', 'on/off']));
  const rows = DATES.flatMap((date) =>
    [2016, 2017, 2018]
      .filter((year) => isWhole(signal, midnightOf(year, date)) && isWhole(signal, midnightOf(year - 1, date)))
      .map((year) => dayOf(signal, midnightOf(year, date), OWN.holidays, options)),
  );
  const ordinary = ordinaryDays(signal).map((at) => dayOf(signal, at, MANY.holidays, options));
  const pooled = meanOf(`all ${ordinary.length} ordinary days`, ordinary);
  const hurt = ordinary.filter(isWorse);
  for (const row of [...rows, ...hurt, pooled]) tell(asked, row);
  return { rows: [...rows, ...ordinary, pooled], claims: claimsOf(rows, ordinary, pooled) };
}

function claimsOf(rows: readonly Row[], ordinary: readonly Row[], pooled: Row): Claim[] {
  const within = ordinary.filter((row) => !isWorse(row)).length;
  const ratio = pooled.wapeOn / pooled.wapeOff;
  return [
    ...DATES.map((date) => {
      const { what, wapeOn } = meanOf(
        date,
        rows.filter((row) => row.what.endsWith(date)),
      );
      return {
        what: `${what} of every year of which an earlier one is known: error over load`,
        wanted: `≤ ${percent(WAPE_WANTED)}`,
        figure: percent(wapeOn),
        met: wapeOn <= WAPE_WANTED,
      };
    }),
    {
      what: 'ordinary days with the calendars of three countries: error over that without, all together',
      wanted: `≤ ${WORSE_AT_MOST}`,
      figure: ratio.toFixed(3),
      met: ratio <= WORSE_AT_MOST,
    },
    {
      what: `ordinary days that these make no worse than ${WORSE_AT_MOST} times, or by ${percent(WORSE_FROM)} of the load`,
      wanted: `${ordinary.length}`,
      figure: `${within}`,
      met: within === ordinary.length,
    },
  ];
}

const isWorse = ({ wapeOn, wapeOff }: Row): boolean => wapeOn > WORSE_AT_MOST * wapeOff + WORSE_FROM;

function meanOf(what: string, rows: readonly Row[]): Row {
  const over = (of: (row: Row) => number): number => rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
  return { what, wapeOff: over((row) => row.wapeOff), wapeOn: over((row) => row.wapeOn) };
}

const midnightOf = (year: number, date: string): Instant => instant(Date.parse(`${year}-${date}T00:00Z`));

/** Of the newer half, far from any holiday that the service keeps. */
function ordinaryDays(signal: ObservedSignal): Instant[] {
  const first = Math.ceil((signal.start + (signal.values.length / 2) * 3_600_000) / DAY_MS);
  const last = Math.floor((signal.start + signal.values.length * 3_600_000) / DAY_MS) - 1;
  const own = windowsOf(OWN, instant(first * DAY_MS), instant(last * DAY_MS));
  const days = Array.from({ length: Math.floor((last - first) / EVERY) }, (_, i) =>
    instant((first + i * EVERY) * DAY_MS),
  );
  return days.filter((at) => isWhole(signal, at) && !own.some((w) => w.from < at + DAY_MS && w.to > at));
}

/** Whether the day was seen, and the hour before it. */
function isWhole(signal: ObservedSignal, at: Instant): boolean {
  const from = (at - signal.start) / 3_600_000;
  return (
    from > 0 &&
    Array.from({ length: 25 }, (_, i) => signal.values[from - 1 + i]).every((v) => v !== undefined && v >= 0)
  );
}

function dayOf(signal: ObservedSignal, at: Instant, holidays: readonly string[], options: FitOptions): Row {
  const until = instant(at - 3_600_000);
  const events = windowsOf({ ...OWN, holidays }, signal.start, instant(at + DAY_MS));
  const from = (at - signal.start) / 3_600_000;
  const was = signal.values.subarray(from, from + 24);
  const past = { ...signal, values: signal.values.subarray(0, from) };
  const wapeWith = (windows: readonly EventWindow[]): number => {
    const fitted = fitWithEvents(past, { ...options, until, horizon: DAY, events: windows });
    const said = predictWithEvents(fitted, DAY, [0.5]).paths[0] ?? new Float64Array(0);
    const error = was.reduce((sum, y, h) => sum + Math.abs(y - (said[h] ?? Number.NaN)), 0);
    return error / was.reduce((sum, y) => sum + y, 0);
  };
  const what = new Date(at).toISOString().slice(0, 10);
  return { what, wapeOff: wapeWith([]), wapeOn: wapeWith(events) };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;

function tell(asked: Asked, { what, wapeOff, wapeOn }: Row): void {
  asked.say(plainLine(what, [percent(wapeOff), percent(wapeOn), (wapeOn / wapeOff).toFixed(3)]));
}
