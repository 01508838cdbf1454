import { roomFor } from '../arena.ts';
import type { Points } from '../blocks.ts';
import type { History } from '../history.ts';
import { askWindows, type LinearExperts, TOGETHER } from './linear-experts.ts';
import { LEADS, type Measure, measureAt, takeWindow, WINDOW } from './window.ts';

/** What was said as of one step, hour by hour. */
interface Said {
  /** lead hours that were worked out */
  readonly hours: number;
  /** in logs, at [expert × LEADS + lead hour − 1] */
  readonly logs: Float64Array;
  /** logarithm of the mean load that the pattern within the hour has in each of them; of steps finer than an hour */
  readonly means: Float64Array;
}

/** What linear experts say as of any step of the past, each origin worked out once. */
export class LinearPaths {
  readonly count: number;
  /** leads that they reach, in steps */
  readonly reach: number;
  private readonly experts: LinearExperts;
  private readonly history: History;
  /** steps in an hour */
  private readonly per: number;
  /** the pattern within the hour for steps finer than it, in logs; NaN where there is none */
  private readonly shape: Float64Array;
  /** lead hours that most are asked for: so many are worked out at once */
  private readonly usual: number;
  /** load summed up to each step, from `since` on */
  private readonly sums: Float64Array;
  private readonly since: number;
  /** the pattern's load summed up to each step from `patternFrom` on */
  private readonly patternSums: Float64Array;
  private readonly patternFrom: number;
  private readonly known = new Map<number, Said | undefined>();

  /**
   * @param shape load at each step by what the same time of earlier weeks says, in logs
   * @param leads steps ahead that most are asked for; further ones cost more
   * @param since the first step that they may be asked at
   * @returns undefined for steps that hours are not made of, and where two weeks are not there
   */
  static of(
    history: History,
    experts: LinearExperts | undefined,
    shape: Float64Array | undefined,
    leads = Infinity,
    since = 0,
  ): LinearPaths | undefined {
    const per = 3_600_000 / history.stepMs;
    if (!experts || experts.coefficients.length === 0 || !Number.isInteger(per) || (per > 1 && !shape))
      return undefined;
    return history.logs.length >= WINDOW * per
      ? new LinearPaths(history, experts, shape ?? new Float64Array(0), per, leads, since)
      : undefined;
  }

  private constructor(
    history: History,
    experts: LinearExperts,
    shape: Float64Array,
    per: number,
    leads: number,
    since: number,
  ) {
    const { logs, offset } = history;
    this.history = history;
    this.experts = experts;
    this.per = per;
    this.shape = shape;
    this.count = experts.coefficients.length;
    this.reach = LEADS * per;
    this.usual = Math.min(LEADS, Math.ceil(leads / per) + 1);
    this.since = Math.max(0, since - WINDOW * per);
    this.sums = roomFor(per === 1 ? 0 : logs.length + 1 - this.since).fill(0, 0, 1);
    for (let i = 0; i + 1 < this.sums.length; i++) {
      this.sums[i + 1] = (this.sums[i] as number) + Math.exp(logs[this.since + i] as number) - offset;
    }
    const end = per === 1 ? 0 : Math.min(shape.length, logs.length + this.reach);
    let from = Math.min(end, since);
    while (from < end && Number.isNaN(shape[from])) from++;
    this.patternFrom = from;
    const patternSums = roomFor(end - from + 1).fill(0, 0, 1);
    for (let i = from; i < end; i++) {
      patternSums[i - from + 1] = (patternSums[i - from] as number) + Math.exp(shape[i] as number);
    }
    this.patternSums = patternSums;
  }

  /** What each expert says of each point, in logs → `out[p × width + at …]`; NaN out of reach. */
  ask({ origins, leads, count: points }: Points, out: Float64Array, width: number, at: number): void {
    const { per, count, reach, shape, known } = this;
    this.workOut(origins, leads, points);
    for (let p = 0; p < points; p++) {
      const lead = leads[p] as number;
      const t = origins[p] as number;
      const said = lead <= reach ? known.get(t) : undefined;
      const first = p * width + at;
      if (!said) {
        out.fill(Number.NaN, first, first + count);
        continue;
      }
      const { logs, means } = said;
      if (per === 1) {
        for (let e = 0; e < count; e++) out[first + e] = logs[e * LEADS + lead - 1] as number;
        continue;
      }
      // the pattern within the hour, moved to what the experts say of the hours to come
      const middle = (lead - 0.5) / per - 0.5;
      const k = Math.floor(middle);
      const share = middle - k;
      const near = Math.max(0, k);
      const far = Math.min(LEADS - 1, k + 1);
      const [nearMean, farMean] = [means[near] as number, means[far] as number];
      const plain = t + lead < shape.length ? (shape[t + lead] as number) : Number.NaN;
      for (let e = 0; e < count; e++) {
        const off = (logs[e * LEADS + near] as number) - nearMean;
        out[first + e] = plain + off + share * ((logs[e * LEADS + far] as number) - farMean - off);
      }
    }
  }

  /** All origins that are not known yet, or not so far ahead, at once. */
  private workOut(origins: Int32Array, leads: Int32Array, points: number): void {
    const { known, per, usual } = this;
    let furthest = 0;
    for (let p = 0; p < points; p++) {
      const lead = leads[p] as number;
      if (lead <= this.reach && lead > furthest) furthest = lead;
    }
    if (furthest === 0) return;
    const hours = Math.min(LEADS, Math.ceil(furthest / per) + 1);
    const enough = hours <= usual ? usual : LEADS;
    const fresh: number[] = [];
    let last = -1;
    for (let p = 0; p < points; p++) {
      const t = origins[p] as number;
      if (t === last) continue;
      last = t;
      const said = known.get(t);
      if (said ? said.hours >= hours : known.has(t)) continue;
      if (t + 1 < WINDOW * per) known.set(t, undefined);
      else fresh.push(t);
    }
    if (fresh.length > 0) this.workOutAt(fresh, enough);
  }

  private workOutAt(fresh: readonly number[], hours: number): void {
    const { per, history, count, known } = this;
    const windows = roomFor(TOGETHER * Math.ceil(fresh.length / TOGETHER) * WINDOW).fill(0);
    const hourly = new Float64Array(per === 1 ? 0 : WINDOW);
    const measures = fresh.map((t, w): Measure => {
      if (per > 1) this.takeHours(t, hourly);
      const [logs, end] = per === 1 ? [history.logs, t] : [hourly, WINDOW - 1];
      const measure = measureAt(logs, end);
      if (measure.scale > 0) takeWindow(logs, end, measure, windows.subarray(w * WINDOW, (w + 1) * WINDOW));
      return measure;
    });
    const each = count * LEADS;
    const logs = roomFor(fresh.length * each);
    askWindows(this.experts, windows, measures, logs, hours);
    for (const [w, t] of fresh.entries()) {
      known.set(t, { hours, logs: logs.subarray(w * each, (w + 1) * each), means: this.meansAfter(t, hours) });
    }
  }

  /** Logarithms of the mean loads of the hours that end at step t. */
  private takeHours(t: number, out: Float64Array): void {
    const { per, sums, since, history } = this;
    for (let h = 0; h < WINDOW; h++) {
      const end = t + 1 - since - (WINDOW - 1 - h) * per;
      out[h] = Math.log(((sums[end] as number) - (sums[end - per] as number)) / per + history.offset);
    }
  }

  private meansAfter(t: number, hours: number): Float64Array {
    const { per, patternSums, patternFrom } = this;
    const means = new Float64Array(per === 1 ? 0 : hours);
    for (let k = 0; k < means.length; k++) {
      const from = t + 1 + k * per - patternFrom;
      const sum = (patternSums[from + per] ?? Number.NaN) - (patternSums[from] ?? Number.NaN);
      means[k] = Math.log(sum / per);
    }
    return means;
  }
}
