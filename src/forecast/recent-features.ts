import { roomFor } from './arena.ts';
import type { History } from './history.ts';
import { wideLog } from './wide-log.ts';

/** An expected load at every step of the past and some of the future, in logs; NaN before there is one. */
export interface Expected {
  readonly logs: Float64Array;
}

/** Means of so many last steps are told to the regression. */
const WIDTHS = [3, 12, 36];
/**
 * Timers keep to the quarter and the hour: of 15 public series of steps under an hour three change by much of what they
 * changed 15 and 60 minutes before (correlation 0.4 to 0.6), which neither days nor weeks show. The mean change over so
 * many turns of each is told.
 */
const RHYTHMS_S = [900, 3600];
const TURNS = 4;
/** Features that need no base and no rhythm: the step before, and the means. */
const OWN = 1 + WIDTHS.length;

/** A load's mean over some turns of a rhythm, summed at every step so that a difference of two is one of them. */
interface Rhythm {
  readonly steps: number;
  readonly sums: Float64Array;
}

/**
 * What the regression is told, all as differences from the last value: where days and weeks expect a step and how they
 * change until then, what rhythms did from this minute on, and the last steps. Sums are made once, so that each feature
 * is a difference of two numbers.
 */
export class RecentFeatures {
  readonly width: number;
  /** load at each step from `since` on, in the measure of `scored`, holes filled */
  readonly came: Float64Array;
  readonly since: number;
  private readonly sums: Float64Array;
  private readonly bases: readonly Float64Array[];
  private readonly rhythms: readonly Rhythm[];

  /**
   * @param reach the furthest lead, in steps
   * @param since steps before this are not looked at
   */
  constructor(history: History, expected: readonly Expected[], reach: number, since: number) {
    const { scored, logs, stepMs, seasons, widening } = history;
    const n = scored.length;
    const day = Math.max(1, Math.round(seasons.day ?? 1));
    const came = roomFor(n - since);
    came.set(scored.subarray(since));
    for (let i = 0; i < came.length; i++)
      if (Number.isNaN(came[i])) came[i] = wideLog(widening, logs[since + i] as number);
    this.came = came;
    this.since = since;
    this.sums = roomFor(came.length + 1);
    this.sums[0] = 0;
    for (let i = 0; i < came.length; i++) this.sums[i + 1] = (this.sums[i] as number) + (came[i] as number);
    this.bases = expected.map(({ logs: base }) => {
      const wide = roomFor(Math.min(base.length, n + reach) - since);
      for (let i = 0; i < wide.length; i++) wide[i] = wideLog(widening, base[since + i] as number);
      return wide;
    });
    const rhythms = RHYTHMS_S.map((s) => (s * 1000) / stepMs);
    this.rhythms = rhythms
      .filter((of) => Number.isInteger(of) && of > 1 && of < day)
      .map((steps) => ({ steps, sums: combSums(came, steps) }));
    this.width = 2 * this.bases.length + OWN + this.rhythms.length;
  }

  /** How many features there are with so many bases, at least. */
  static least(bases: number): number {
    return 2 * bases + OWN;
  }

  /** Feature f of point p → `out[f × room + p]`. */
  tell(origins: Int32Array, leads: Int32Array, count: number, out: Float64Array, room: number): void {
    let f = 0;
    for (const base of this.bases) {
      this.tellBase(base, origins, leads, count, out, f * room, room);
      f += 2;
    }
    this.tellLast(origins, count, out, f * room, room);
    f += OWN;
    for (const rhythm of this.rhythms) this.tellRhythm(rhythm, origins, leads, count, out, f++ * room);
  }

  private tellBase(
    base: Float64Array,
    origins: Int32Array,
    leads: Int32Array,
    count: number,
    out: Float64Array,
    at: number,
    room: number,
  ): void {
    const { came, since } = this;
    for (let p = 0; p < count; p++) {
      const t = (origins[p] as number) - since;
      const then = base[t + (leads[p] as number)] as number;
      out[at + p] = then - (came[t] as number);
      out[at + room + p] = then - (base[t] as number);
    }
  }

  private tellLast(origins: Int32Array, count: number, out: Float64Array, at: number, room: number): void {
    const { came, sums, since } = this;
    for (let p = 0; p < count; p++) {
      const t = (origins[p] as number) - since;
      out[at + p] = (came[Math.max(0, t - 1)] as number) - (came[t] as number);
    }
    for (let w = 0; w < WIDTHS.length; w++) {
      const width = WIDTHS[w] as number;
      const column = at + (1 + w) * room;
      for (let p = 0; p < count; p++) {
        const t = (origins[p] as number) - since;
        const k = Math.max(0, t + 1 - width);
        out[column + p] = ((sums[t + 1] as number) - (sums[k] as number)) / (t + 1 - k) - (came[t] as number);
      }
    }
  }

  private tellRhythm(
    { steps, sums }: Rhythm,
    origins: Int32Array,
    leads: Int32Array,
    count: number,
    out: Float64Array,
    at: number,
  ): void {
    for (let p = 0; p < count; p++) {
      const t = (origins[p] as number) - this.since;
      const lead = leads[p] as number;
      const ago = t - steps * Math.ceil(lead / steps);
      out[at + p] =
        ago >= (TURNS - 1) * steps
          ? ((sums[ago + lead] as number) - (sums[ago] as number)) / TURNS
          : this.fewTurns(steps, ago, lead);
    }
  }

  /** Near the beginning not all turns are there. */
  private fewTurns(steps: number, from: number, lead: number): number {
    let sum = 0;
    for (let ago = from; ago >= 0; ago -= steps) sum += (this.came[ago + lead] as number) - (this.came[ago] as number);
    return sum / TURNS;
  }
}

/** At each step the sum of the last turns of a rhythm, of those that are there. */
function combSums(came: Float64Array, steps: number): Float64Array {
  const sums = roomFor(came.length);
  for (let i = 0; i < sums.length; i++) {
    let sum = came[i] as number;
    for (let j = i - steps, turn = 1; j >= 0 && turn < TURNS; j -= steps, turn++) sum += came[j] as number;
    sums[i] = sum;
  }
  return sums;
}
