import { instant, type Instant } from '../../units.ts';

/** Local calendar of one time zone. Days are counted from 1970-01-01, each by its local date. */
export interface LocalTime {
  /** the local date that an instant falls on */
  dayOf(at: Instant): number;
  /** the first instant of a local day: midnight, or what the clocks jump to where they are put forward at midnight */
  startOf(day: number): Instant;
  /** the instant at which local clocks show this, in ms since 1970 as if in UTC; of two the first, of none the next */
  at(wallMs: number): Instant;
  /** the same time of day `days` later */
  shifted(at: Instant, days: number): Instant;
}

export const DAY_MS = 86_400_000;

/** @param timeZone an IANA name that was checked */
export function localTime(timeZone: string): LocalTime {
  const offsetAt = offsetsOf(timeZone);
  const at = (wallMs: number): Instant => {
    // the two offsets in question are those of a day before and after; where both fit the earlier instant wins
    const before = wallMs - offsetAt(wallMs - DAY_MS);
    const after = wallMs - offsetAt(wallMs + DAY_MS);
    if (before + offsetAt(before) === wallMs) return instant(before);
    if (after + offsetAt(after) === wallMs) return instant(after);
    return instant(firstOfOffset(before, after, offsetAt));
  };
  return {
    at,
    dayOf: (t) => Math.floor((t + offsetAt(t)) / DAY_MS),
    startOf: (day) => at(day * DAY_MS),
    shifted: (t, days) => at(t + offsetAt(t) + days * DAY_MS),
  };
}

/** Day of the week, 0 = Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

/** Day number of an ISO date. */
export const dayNumber = (iso: string): number => Date.parse(`${iso}T00:00:00Z`) / DAY_MS;

/** Where clocks are put forward over the time that was asked for: the instant of the jump. */
function firstOfOffset(a: number, b: number, offsetAt: (ms: number) => number): number {
  let low = Math.min(a, b);
  let high = Math.max(a, b);
  const old = offsetAt(low);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle) === old) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Offset from UTC in ms. The engine's table of zones is asked once for each hour that matters, since it is slow to
 * answer and nearly every day has one offset throughout.
 */
function offsetsOf(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const asked = (ms: number): number => {
    const whole = Math.floor(ms / 1000) * 1000;
    const [month = '', day = '', year = '', hour = '', minute = '', second = ''] = format
      .format(whole)
      .split(/[^0-9]+/);
    return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) - whole;
  };
  const known = new Map<number, number>();
  const atDay = (day: number): number => {
    const offset = known.get(day) ?? asked(day * DAY_MS);
    known.set(day, offset);
    return offset;
  };
  return (ms) => {
    const day = Math.floor(ms / DAY_MS);
    const offset = atDay(day);
    return offset === atDay(day + 1) ? offset : asked(ms);
  };
}
