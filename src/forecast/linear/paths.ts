import type { History } from '../history.ts';
import { askLinear, type LinearExperts } from './linear-experts.ts';
import { LEADS, WINDOW } from './window.ts';

/** Load at a step by what the same time of earlier weeks says, in logs. */
type Shape = (i: number) => number;

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
  private readonly shape: Shape | undefined;
  /** lead hours that most are asked for: so many are worked out at once */
  private readonly usual: number;
  /** load summed up to each step */
  private readonly sums: Float64Array;
  /** the pattern's load summed up to each step from `patternFrom` on */
  private readonly patternSums: Float64Array;
  private readonly patternFrom: number;
  private readonly known = new Map<number, Said | undefined>();

  /**
   * @param leads steps ahead that most are asked for; further ones cost more
   * @param since the first step that they may be asked at
   * @returns undefined for steps that hours are not made of, and where two weeks are not there
   */
  static of(
    history: History,
    experts: LinearExperts | undefined,
    shape: Shape | undefined,
    leads = Infinity,
    since = 0,
  ): LinearPaths | undefined {
    const per = 3_600_000 / history.stepMs;
    if (!experts || experts.coefficients.length === 0 || !Number.isInteger(per) || (per > 1 && !shape))
      return undefined;
    return history.logs.length >= WINDOW * per
      ? new LinearPaths(history, experts, shape, per, leads, since)
      : undefined;
  }

  private constructor(
    history: History,
    experts: LinearExperts,
    shape: Shape | undefined,
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
    this.sums = new Float64Array(per === 1 ? 0 : logs.length + 1);
    for (let i = Math.max(0, since - WINDOW * per); i + 1 < this.sums.length; i++) {
      this.sums[i + 1] = (this.sums[i] as number) + Math.exp(logs[i] as number) - offset;
    }
    const end = per === 1 || !shape ? 0 : logs.length + this.reach;
    let from = Math.min(end, since);
    while (from < end && Number.isNaN(shape?.(from))) from++;
    this.patternFrom = from;
    const patternSums = new Float64Array(end - from + 1);
    for (let i = from; i < end; i++) {
      patternSums[i - from + 1] = (patternSums[i - from] as number) + Math.exp(shape?.(i) ?? Number.NaN);
    }
    this.patternSums = patternSums;
  }

  /** What each expert, standing at step t, says of step t + lead, in logs → `out` from `at` on; NaN out of reach. */
  ask(t: number, lead: number, out: Float64Array, at: number): void {
    const { per, count } = this;
    const said = lead <= this.reach ? this.saidAt(t, Math.min(LEADS, Math.ceil(lead / per) + 1)) : undefined;
    if (!said) {
      out.fill(Number.NaN, at, at + count);
      return;
    }
    const { logs, means } = said;
    if (per === 1) {
      for (let e = 0; e < count; e++) out[at + e] = logs[e * LEADS + lead - 1] as number;
      return;
    }
    // the pattern within the hour, moved to what the experts say of the hours to come
    const middle = (lead - 0.5) / per - 0.5;
    const k = Math.floor(middle);
    const share = middle - k;
    const near = Math.max(0, k);
    const far = Math.min(LEADS - 1, k + 1);
    const [nearMean, farMean] = [means[near] as number, means[far] as number];
    const shape = this.shape?.(t + lead) ?? Number.NaN;
    for (let e = 0; e < count; e++) {
      const off = (logs[e * LEADS + near] as number) - nearMean;
      out[at + e] = shape + off + share * ((logs[e * LEADS + far] as number) - farMean - off);
    }
  }

  private saidAt(t: number, hours: number): Said | undefined {
    const known = this.known.get(t);
    if (known ? known.hours >= hours : this.known.has(t)) return known;
    const enough = hours <= this.usual ? this.usual : LEADS;
    const said = this.per === 1 ? this.hourly(this.history.logs, t, enough) : this.finer(t, enough);
    this.known.set(t, said);
    return said;
  }

  private hourly(logs: Float64Array, end: number, hours: number): Said | undefined {
    const out = new Float64Array(this.count * LEADS);
    return askLinear(this.experts, logs, end, out, hours)
      ? { hours, logs: out, means: new Float64Array(0) }
      : undefined;
  }

  /** What is said from the hours that end at step t. */
  private finer(t: number, hours: number): Said | undefined {
    const { per, history, sums, patternSums, patternFrom } = this;
    const window = new Float64Array(WINDOW);
    if (t + 1 - WINDOW * per < 0) return undefined;
    for (let h = 0; h < WINDOW; h++) {
      const end = t + 1 - (WINDOW - 1 - h) * per;
      window[h] = Math.log(((sums[end] as number) - (sums[end - per] as number)) / per + history.offset);
    }
    const said = this.hourly(window, WINDOW - 1, hours);
    if (!said) return undefined;
    const means = new Float64Array(hours);
    for (let k = 0; k < hours; k++) {
      const from = t + 1 + k * per - patternFrom;
      const sum = (patternSums[from + per] ?? Number.NaN) - (patternSums[from] ?? Number.NaN);
      means[k] = Math.log(sum / per);
    }
    return { ...said, means };
  }
}
