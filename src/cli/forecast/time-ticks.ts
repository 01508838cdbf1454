import type { TimeStyle } from '../../signals/series-file/time-style.ts';
import { instant, type Instant } from '../../units.ts';

export interface TimeTick {
  readonly at: Instant;
  readonly label: string;
}

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
/** Distances that people count in. */
const APART = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 4320, 10_080, 20_160].map((m) => m * MINUTE_MS);

/** Round times of the file's own zone from `start` to `end`, at most `most`; round numbers where it counts steps. */
export function timeTicks(start: Instant, end: Instant, style: TimeStyle, most: number): readonly TimeTick[] {
  if (style.kind === 'steps') return numberTicks(start, end, style.step * 1000, most);
  if (style.kind === 'seconds') return numberTicks(start, end, 1000, most);
  const offset = style.kind === 'iso' ? style.offsetMs : 0;
  const apart = APART.find((ms) => (end - start) / ms < most) ?? Math.ceil((end - start) / most / DAY_MS) * DAY_MS;
  const ticks: TimeTick[] = [];
  for (let t = Math.ceil((start + offset) / apart) * apart; t <= end + offset; t += apart) {
    const iso = new Date(t).toISOString();
    const midnight = t % DAY_MS === 0;
    const fullDays = apart >= DAY_MS;
    const day = `${Number(iso.slice(8, 10))} ${MONTHS[Number(iso.slice(5, 7)) - 1]}`;
    ticks.push({ at: instant(t - offset), label: midnight || fullDays ? day : iso.slice(11, 16) });
  }
  return ticks;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** @param unit ms of one of the numbers */
function numberTicks(start: Instant, end: Instant, unit: number, most: number): readonly TimeTick[] {
  const span = (end - start) / unit;
  const power = 10 ** Math.floor(Math.log10(Math.max(1, span / most)));
  const apart = ([1, 2, 5, 10, 20].find((n) => span / (n * power) < most) ?? 50) * power;
  const ticks: TimeTick[] = [];
  for (let n = Math.ceil(start / unit / apart) * apart; n * unit <= end; n += apart) {
    ticks.push({ at: instant(Math.round(n * unit)), label: String(n) });
  }
  return ticks;
}
