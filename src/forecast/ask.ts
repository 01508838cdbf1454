import type { Points } from './blocks.ts';
import { type Experts, VARIANTS } from './experts.ts';
import { wideLog } from './wide-log.ts';

/** Points, and what every expert said at each, one point after the other. */
export interface Asked extends Points {
  /** in the measure of `scored`, as if nothing of a departure lasted; NaN where an expert does not reach */
  readonly said: Float64Array;
  /**
   * Of each kind of base, in the measure of patterns: what it says, and how far the level of the last day and of the
   * last quarter of an hour lay from it.
   */
  readonly bases: Float64Array;
  /** where each point lies among the rows of both */
  readonly rows: Int32Array;
}

/** How much of a departure from the base lasts: for each kind, of the last day's and of the last quarter hour's. */
export type Slopes = Float64Array;

/** Numbers in `bases` of each kind. */
const OF_BASE = 3;

/** Room for answers: what was asked into it holds until it is asked into again. */
export class AnswerRoom {
  said = new Float64Array(0);
  bases = new Float64Array(0);
}

/** Asks all experts. What depends on slopes is said without any, and moved by whoever learns slopes. */
export function askAt(experts: Experts, points: Points, room = new AnswerRoom()): Asked {
  const { kinds, history, families, smoothings, linear, recent } = experts;
  const { count } = points;
  const width = families.length;
  const each = OF_BASE * kinds.length;
  if (room.said.length < count * width) room.said = new Float64Array(count * width);
  if (room.bases.length < count * each) room.bases = new Float64Array(count * each);
  const { said, bases } = room;
  kinds.forEach((_, k) => askBase(experts, k, points, bases, each));
  let next = VARIANTS * kinds.length;
  const last = next++;
  for (const smoothing of smoothings) smoothing.ask(points, said, width, next++);
  const linearFrom = next;
  const others = families.length - (recent ? 1 : 0);
  if (linear) linear.ask(points, said, width, linearFrom);
  else for (let p = 0; p < count; p++) said.fill(Number.NaN, p * width + linearFrom, p * width + others);
  const { widening } = history;
  for (let p = 0; p < count; p++) {
    const from = p * width;
    for (let k = 0; k < kinds.length; k++) {
      const plain = wideLog(widening, bases[p * each + OF_BASE * k] as number);
      said[from + VARIANTS * k] = plain;
      said[from + VARIANTS * k + 1] = plain;
      said[from + VARIANTS * k + 2] = plain;
    }
    for (let e = from + last + 1; e < from + others; e++) said[e] = wideLog(widening, said[e] as number);
    // the last value is known in that measure
    const t = points.origins[p] as number;
    const scored = experts.scored[t] ?? Number.NaN;
    said[from + last] = scored === scored ? scored : wideLog(widening, experts.logs[t] ?? Number.NaN);
  }
  recent?.ask(points, said, width, others);
  return { ...points, said, bases, rows: upTo(count) };
}

function askBase(
  experts: Experts,
  k: number,
  { count, origins, leads }: Points,
  out: Float64Array,
  each: number,
): void {
  const season = experts.kinds[k]?.season ?? 1;
  let ahead = 0;
  let base = experts.base(k, leads[0] ?? 1);
  for (let p = 0; p < count; p++) {
    const t = origins[p] as number;
    const lead = leads[p] as number;
    const seasons = Math.ceil(lead / season);
    if (seasons !== ahead) {
      base = experts.base(k, lead);
      ahead = seasons;
    }
    const at = p * each + OF_BASE * k;
    out[at] = base.logs[t + lead] ?? Number.NaN;
    out[at + 1] = base.day[t] ?? 0;
    out[at + 2] = base.short[t] ?? 0;
  }
}

/** 0, 1, 2, … */
let counting = new Int32Array(0);

function upTo(count: number): Int32Array {
  if (counting.length < count) counting = Int32Array.from({ length: 2 * count }, (_, i) => i);
  return counting.subarray(0, count);
}

/** Those points whose origin is no earlier than `from` and whose target is earlier than `to`. */
export function among(asked: Asked, from: number, to: number): Asked {
  const { origins, leads, rows } = asked;
  const kept: number[] = [];
  for (let p = 0; p < asked.count; p++) {
    const t = origins[p] as number;
    if (t >= from && t + (leads[p] as number) < to) kept.push(p);
  }
  return {
    ...asked,
    count: kept.length,
    origins: Int32Array.from(kept, (p) => origins[p] as number),
    leads: Int32Array.from(kept, (p) => leads[p] as number),
    rows: Int32Array.from(kept, (p) => rows[p] as number),
  };
}

/** The answers at point p with those that follow a departure moved by as much of it as the slopes say → `out` from `at` on. */
export function moveBy(
  { history, kinds, families }: Experts,
  slopes: Slopes,
  { said, bases, rows }: Asked,
  p: number,
  out: Float64Array,
  at: number,
): void {
  const { widening } = history;
  const width = families.length;
  const row = rows[p] as number;
  const from = row * width;
  for (let e = 0; e < width; e++) out[at + e] = said[from + e] as number;
  let base = row * OF_BASE * kinds.length;
  let first = at;
  for (let k = 0; k < 2 * kinds.length; k += 2, base += OF_BASE, first += VARIANTS) {
    const plain = bases[base] as number;
    const day = (slopes[k] as number) * (bases[base + 1] as number);
    const short = (slopes[k + 1] as number) * (bases[base + 2] as number);
    if (day !== 0) out[first + 1] = wideLog(widening, plain + day);
    if (short !== 0) out[first + 2] = wideLog(widening, plain + short);
  }
}

/** Days from the first origin to the last. */
export function daysOf({ stepMs }: Experts, { origins, count }: Points): number {
  return (Math.max(0, (origins[count - 1] ?? 0) - (origins[0] ?? 0)) * stepMs) / 86_400_000;
}

/** A departure of minutes is at most half gone after this time: what is learnt from a few days may not say otherwise. */
const SHORT_HALF_LIFE_S = 10_800;

/**
 * Least-squares slopes over the points, drawn towards 0 while there are few days of evidence and kept from 0 to 1:
 * a departure may fade but neither grows nor turns.
 */
export function slopesOver(experts: Experts, asked: Asked): Slopes {
  const { kinds, logs, stepMs } = experts;
  const { origins, leads, count, bases, rows } = asked;
  const slopes = new Float64Array(2 * kinds.length);
  const days = daysOf(experts, asked);
  const trust = days / (days + 1);
  const leadS = ((leads[0] ?? 1) * stepMs) / 1000;
  for (let k = 0; k < kinds.length; k++) {
    let dayDay = 0;
    let dayNext = 0;
    let shortShort = 0;
    let shortNext = 0;
    for (let p = 0; p < count; p++) {
      const base = OF_BASE * ((rows[p] as number) * kinds.length + k);
      const next = (logs[(origins[p] as number) + (leads[p] as number)] ?? 0) - (bases[base] as number);
      if (Number.isNaN(next)) continue;
      const day = bases[base + 1] as number;
      const short = bases[base + 2] as number;
      dayDay += day * day;
      dayNext += day * next;
      shortShort += short * short;
      shortNext += short * next;
    }
    slopes[2 * k] = within(dayDay > 0 ? (trust * dayNext) / dayDay : 0, 1);
    slopes[2 * k + 1] = within(
      shortShort > 0 ? (trust * shortNext) / shortShort : 0,
      2 ** (-leadS / SHORT_HALF_LIFE_S),
    );
  }
  return slopes;
}

const within = (slope: number, most: number): number => Math.min(most, Math.max(0, slope));
