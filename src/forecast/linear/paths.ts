import type { History } from '../history.ts';
import { askLinear, type LinearExperts } from './linear-experts.ts';
import { LEADS, WINDOW } from './window.ts';

/** Load at a step by what the same time of earlier weeks says, in logs. */
type Shape = (i: number) => number;

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
  /** load summed up to each step */
  private readonly sums: Float64Array;
  private readonly known = new Map<number, Float64Array | undefined>();

  /** @returns undefined for steps that hours are not made of, and where two weeks are not there */
  static of(history: History, experts: LinearExperts | undefined, shape: Shape | undefined): LinearPaths | undefined {
    const per = 3_600_000 / history.stepMs;
    if (!experts || experts.coefficients.length === 0 || !Number.isInteger(per) || (per > 1 && !shape))
      return undefined;
    return history.logs.length >= WINDOW * per ? new LinearPaths(history, experts, shape, per) : undefined;
  }

  private constructor(history: History, experts: LinearExperts, shape: Shape | undefined, per: number) {
    this.history = history;
    this.experts = experts;
    this.per = per;
    this.shape = shape;
    this.count = experts.coefficients.length;
    this.reach = LEADS * per;
    this.sums = new Float64Array(per === 1 ? 0 : history.logs.length + 1);
    for (let i = 0; i + 1 < this.sums.length; i++) {
      this.sums[i + 1] = (this.sums[i] as number) + Math.exp(history.logs[i] as number) - history.offset;
    }
  }

  /** What each expert, standing at step t, says of step t + lead, in logs → `out` from `at` on; NaN out of reach. */
  ask(t: number, lead: number, out: Float64Array, at: number): void {
    const paths = lead <= this.reach ? this.pathsFrom(t) : undefined;
    for (let e = 0; e < this.count; e++) {
      out[at + e] = paths ? (paths[e * this.reach + lead - 1] as number) : Number.NaN;
    }
  }

  private pathsFrom(t: number): Float64Array | undefined {
    if (this.known.has(t)) return this.known.get(t);
    const paths = this.per === 1 ? this.hourly(this.history.logs, t) : this.finer(t);
    this.known.set(t, paths);
    return paths;
  }

  private hourly(logs: Float64Array, end: number): Float64Array | undefined {
    const out = new Float64Array(this.count * LEADS);
    return askLinear(this.experts, logs, end, out) ? out : undefined;
  }

  /** Hours that end at step t, and the pattern within the hour moved to what the experts say of the hours to come. */
  private finer(t: number): Float64Array | undefined {
    const { per, history, sums, count, reach } = this;
    const hours = new Float64Array(WINDOW);
    for (let h = 0; h < WINDOW; h++) {
      const end = t + 1 - (WINDOW - 1 - h) * per;
      if (end - per < 0) return undefined;
      hours[h] = Math.log(((sums[end] as number) - (sums[end - per] as number)) / per + history.offset);
    }
    const said = this.hourly(hours, WINDOW - 1);
    if (!said) return undefined;
    const shape = new Float64Array(reach);
    const mean = new Float64Array(LEADS);
    for (let k = 0; k < LEADS; k++) {
      let sum = 0;
      for (let i = k * per; i < (k + 1) * per; i++) {
        shape[i] = this.shape?.(t + 1 + i) ?? Number.NaN;
        sum += Math.exp(shape[i] as number);
      }
      mean[k] = Math.log(sum / per);
    }
    const paths = new Float64Array(count * reach);
    for (let e = 0; e < count; e++) {
      const off = (k: number): number => {
        const b = Math.min(LEADS - 1, Math.max(0, k));
        return (said[e * LEADS + b] as number) - (mean[b] as number);
      };
      for (let i = 0; i < reach; i++) {
        const middle = (i + 0.5) / per - 0.5;
        const k = Math.floor(middle);
        paths[e * reach + i] = (shape[i] as number) + off(k) + (middle - k) * (off(k + 1) - off(k));
      }
    }
    return paths;
  }
}
