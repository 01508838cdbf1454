import { type Asked, moveBy, type Slopes } from './ask.ts';
import type { Experts } from './experts.ts';

/** Share of the weight that is left out at either end of the answers. */
const LEFT_OUT = 0.25;

/** What the blend says at point p of those that were asked, in logs; `order` by {@link orderOf}. */
export function blendAt(
  experts: Experts,
  { slopes, weights }: { readonly slopes: Slopes; readonly weights: Float64Array },
  asked: Asked,
  p: number,
  order: Int32Array,
): number {
  if (moved.length < weights.length) moved = new Float64Array(weights.length);
  moveBy(experts, slopes, asked, p, moved, 0);
  return middle(moved, 0, weights, experts.scored[asked.origins[p] as number] as number, order);
}

/**
 * Weighted mean of the middle of the experts' answers: those that a quarter of the weight lies above or under are left
 * out, as far as they do. Nearer to a median than to a mean, so that no single expert can run away.
 *
 * @param from where the answers begin in `said`
 * @param order the experts in any order; they are sorted here, and are nearly so for the next lead
 */
export function middle(
  said: Float64Array,
  from: number,
  weights: Float64Array,
  otherwise: number,
  order: Int32Array,
): number {
  const answers = sortByAnswer(said, from, order);
  let total = 0;
  for (let i = 0; i < answers; i++) total += weights[order[i] as number] as number;
  if (!(total > 0)) return otherwise;
  const low = LEFT_OUT * total;
  const high = total - low;
  let at = 0;
  let sum = 0;
  let within = 0;
  for (let i = 0; i < answers && at < high; i++) {
    const e = order[i] as number;
    const begins = at > low ? at : low;
    at += weights[e] as number;
    const share = (at < high ? at : high) - begins;
    if (!(share > 0)) continue;
    sum += share * (said[from + e] as number);
    within += share;
  }
  return within > 0 ? sum / within : otherwise;
}

/**
 * Experts by what they say, those without an answer last: an insertion sort, since there are some twenty. Equal answers
 * go by the expert's number, so that the order which was there before does not show.
 *
 * @returns how many have an answer
 */
function sortByAnswer(said: Float64Array, from: number, order: Int32Array): number {
  let answers = 0;
  for (let i = 0; i < order.length; i++) {
    const e = order[i] as number;
    const answer = said[from + e] as number;
    const is = answer === answer;
    const one = is ? (answer < Number.MAX_VALUE ? answer : Number.MAX_VALUE) : Infinity;
    if (is) answers++;
    let at = i;
    while (at > 0) {
      const other = sorted[at - 1] as number;
      if (other < one || (other === one && (order[at - 1] as number) < e)) break;
      order[at] = order[at - 1] as number;
      sorted[at] = other;
      at--;
    }
    order[at] = e;
    sorted[at] = one;
  }
  return answers;
}

/** Who has less of the say than this is not heard: it moves the answer by less, and there are many of them at the next steps. */
const HEARD = 1e-4;

/** Those experts whose answers count, in some order: which one does not show in what is made of it. */
export function orderOf(weights: Float64Array): Int32Array {
  let heard = 0;
  const order = new Int32Array(weights.length);
  for (let e = 0; e < weights.length; e++) if ((weights[e] as number) >= HEARD) order[heard++] = e;
  if (sorted.length < heard) sorted = new Float64Array(weights.length);
  return order.subarray(0, heard);
}

/** Room for answers in that order, and for those at one point. */
let sorted = new Float64Array(0);
let moved = new Float64Array(0);
