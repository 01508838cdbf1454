import { counted } from '../figures.ts';
import type { Seconds } from '../units.ts';
import { quantileIn } from './order-statistic.ts';
import { lagOf, type Seasons } from './seasons.ts';

/** Of a service that has begun no larger share of the steps is zero. */
const ZEROS_ONCE_BEGUN_AT_MOST = 0.15;

/** A day or more of nothing but zeros at the start, of a series that is seldom zero after: the service was not there yet. */
export function leaveOutBefore(values: Float64Array, { day }: Seasons, notes: string[]): void {
  const began = values.findIndex((v) => v > 0);
  const zeros = values.subarray(0, Math.max(0, began)).reduce((n, v) => n + (v === 0 ? 1 : 0), 0);
  if (day === undefined || zeros < day) return;
  const after = values.subarray(began);
  if (after.reduce((n, v) => n + (v === 0 ? 1 : 0), 0) > ZEROS_ONCE_BEGUN_AT_MOST * after.length) return;
  values.fill(Number.NaN, 0, began);
  notes.push(`${counted(zeros, 'step')} of zero load before there was any, left out`);
}

/** Zeros are an outage when no more than this share of the same hours is zero … */
const SAME_HOUR_ZEROS_AT_MOST = 0.15;
/** … and that hour's median is no less than this share of the whole median: nightly zeros of small counts stay. */
const SAME_HOUR_LEVEL_AT_LEAST = 0.2;

/** Steps of zero load in a series that is not zero at that time of day: the meter failed, or the service did. → NaN */
export function maskOutages(values: Float64Array, { day }: Seasons, notes: string[]): void {
  let zeros = 0;
  for (let i = 0; i < values.length; i++) if (values[i] === 0) zeros++;
  if (zeros === 0 || zeros * 4 > values.length) return;
  const level = quantileIn(values, 0.5);
  const masked: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== 0) continue;
    const same = sameHour(values, i, day);
    const zerosThere = same.reduce((n, v) => n + (v === 0 ? 1 : 0), 0);
    const usual = quantileIn(same, 0.5);
    if (zerosThere <= SAME_HOUR_ZEROS_AT_MOST * same.length && usual >= SAME_HOUR_LEVEL_AT_LEAST * level)
      masked.push(i);
  }
  for (const i of masked) values[i] = Number.NaN;
  if (masked.length > 0)
    notes.push(`${counted(masked.length, 'step')} of zero load taken for an outage, not for lack of load`);
}

/** Values at the time of day of step i on every day; all values when a day is too short for seasons. */
function sameHour(values: Float64Array, i: number, day: number | undefined): Float64Array {
  if (day === undefined || values.length < 2 * day) return values;
  const before = Math.floor(i / day);
  const after = Math.floor((values.length - 1 - i) / day);
  const same = new Float64Array(before + after + 1);
  for (let k = -before; k <= after; k++) same[k + before] = values[i + lagOf(day, k)] ?? Number.NaN;
  return same.filter((v) => !Number.isNaN(v));
}

/** A value is a spike from this many times the 90th percentile … */
const SPIKE_TIMES = 10;
/** … unless it stays there for longer than this: then it is load. */
const SPIKE_LASTS_S = 3600;
/** A crowd leaves little by little: after its spike load is still over so many times the 90th percentile. A fault ends at once. */
const CROWD_LEAVES_TIMES = 2;

/**
 * Cuts short spikes to ten times the 90th percentile, in place: a broken exporter can't size a fleet, a flash crowd
 * still can. Answers 1 for each step that is no part of the pattern. A spike at the very end may be a crowd that has
 * just begun: two steps of it count, cut as they are; a single one waits for the next as if nothing had been seen. Where
 * crowds came before, those two are cut no lower than the level that one of them held for two steps.
 */
export function cutSpikes(values: Float64Array, step: Seconds, notes: string[]): Uint8Array {
  const spikes = new Uint8Array(values.length);
  const high = quantileIn(values, 0.9);
  const most = SPIKE_TIMES * high;
  if (!(most > 0)) return spikes;
  const longest = Math.max(2, Math.floor(SPIKE_LASTS_S / step));
  let cut = 0;
  let borne = most;
  for (let i = 0; i < values.length; i++) {
    if (!((values[i] ?? 0) > most)) continue;
    let end = i;
    while ((values[end] ?? 0) > most) end++;
    if (end - i <= longest) {
      const last = end === values.length;
      const run = values.subarray(i, end);
      cut += run.reduce((n, v) => n + (last && run.length > 1 && v <= borne ? 0 : 1), 0);
      if ((values[end] ?? 0) > CROWD_LEAVES_TIMES * high) borne = Math.max(borne, run.toSorted().at(-2) ?? most);
      if (!last) spikes.fill(1, i, end);
      if (last && run.length > 1) run.forEach((v, k) => (run[k] = Math.min(v, borne)));
      else run.fill(last ? Number.NaN : most);
    }
    i = end;
  }
  if (cut > 0)
    notes.push(
      `${counted(cut, 'spike')} over ${SPIKE_TIMES} times the 90th percentile, cut and left out of the pattern`,
    );
  return spikes;
}
