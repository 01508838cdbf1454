import { LEADS, WINDOW } from './window.ts';

/** Room of the lower triangle of a symmetric WINDOW × WINDOW matrix, row after row. */
const TRIANGLE = (WINDOW * (WINDOW + 1)) / 2;

/** Sums of products over windows: all that least squares needs to know of a series, and sums of sums at that. */
export interface Gram {
  /** windows × windows, lower triangle */
  readonly inside: Float64Array;
  /** windows × what came after, [i × LEADS + lead − 1] */
  readonly across: Float64Array;
  /** sum of the weights of what was counted */
  weight: number;
}

export function emptyGram(): Gram {
  return { inside: new Float64Array(TRIANGLE), across: new Float64Array(WINDOW * LEADS), weight: 0 };
}

export function addGram(to: Gram, other: Gram, times = 1): void {
  for (let i = 0; i < to.inside.length; i++)
    to.inside[i] = (to.inside[i] as number) + times * (other.inside[i] as number);
  for (let i = 0; i < to.across.length; i++)
    to.across[i] = (to.across[i] as number) + times * (other.across[i] as number);
  to.weight += times * other.weight;
}

/** Windows that are taken up together: their products then run over memory that is at hand. */
export const BATCH = 8;

/**
 * Takes up to {@link BATCH} windows, each already multiplied by the root of its weight.
 *
 * @param windows window b at [b × WINDOW]; unused ones are 0
 * @param after what came after window b at [b × LEADS]
 */
export function takeUp(gram: Gram, windows: Float64Array, after: Float64Array, weight: number): void {
  const { inside, across } = gram;
  const W = WINDOW;
  let at = 0;
  for (let i = 0; i < W; i++) {
    const a = windows[i] as number;
    const b = windows[W + i] as number;
    const c = windows[2 * W + i] as number;
    const d = windows[3 * W + i] as number;
    const e = windows[4 * W + i] as number;
    const f = windows[5 * W + i] as number;
    const g = windows[6 * W + i] as number;
    const h = windows[7 * W + i] as number;
    for (let j = 0; j <= i; j++) {
      inside[at] =
        (inside[at] as number) +
        a * (windows[j] as number) +
        b * (windows[W + j] as number) +
        c * (windows[2 * W + j] as number) +
        d * (windows[3 * W + j] as number) +
        e * (windows[4 * W + j] as number) +
        f * (windows[5 * W + j] as number) +
        g * (windows[6 * W + j] as number) +
        h * (windows[7 * W + j] as number);
      at++;
    }
    for (let k = 0; k < LEADS; k++) {
      const o = i * LEADS + k;
      across[o] =
        (across[o] as number) +
        a * (after[k] as number) +
        b * (after[LEADS + k] as number) +
        c * (after[2 * LEADS + k] as number) +
        d * (after[3 * LEADS + k] as number) +
        e * (after[4 * LEADS + k] as number) +
        f * (after[5 * LEADS + k] as number) +
        g * (after[6 * LEADS + k] as number) +
        h * (after[7 * LEADS + k] as number);
    }
  }
  gram.weight += weight;
}

/**
 * Coefficients [i × LEADS + lead − 1] of least squares with a ridge, drawn towards others.
 *
 * @param ridge added to the diagonal
 * @param towards coefficients that the ridge draws to; absent = none, which is 0
 */
export function solved(gram: Gram, ridge: number, towards?: Float64Array): Float64Array {
  const W = WINDOW;
  const lower = gram.inside.slice();
  for (let i = 0; i < W; i++) lower[(i * (i + 3)) / 2] = (lower[(i * (i + 3)) / 2] as number) + ridge;
  factor(lower);
  const x = gram.across.slice();
  if (towards) for (let i = 0; i < x.length; i++) x[i] = (x[i] as number) + ridge * (towards[i] as number);
  // forward, then backward, all leads at once
  for (let i = 0; i < W; i++) {
    const row = (i * (i + 1)) / 2;
    for (let j = 0; j < i; j++) subtract(x, i, j, lower[row + j] as number);
    divide(x, i, lower[row + i] as number);
  }
  for (let i = W - 1; i >= 0; i--) {
    divide(x, i, lower[(i * (i + 3)) / 2] as number);
    const row = (i * (i + 1)) / 2;
    for (let j = 0; j < i; j++) subtract(x, j, i, lower[row + j] as number);
  }
  return x;
}

function subtract(x: Float64Array, to: number, from: number, times: number): void {
  if (times === 0) return;
  const a = to * LEADS;
  const b = from * LEADS;
  for (let k = 0; k < LEADS; k++) x[a + k] = (x[a + k] as number) - times * (x[b + k] as number);
}

function divide(x: Float64Array, row: number, by: number): void {
  for (let k = row * LEADS; k < (row + 1) * LEADS; k++) x[k] = (x[k] as number) / by;
}

/** Cholesky's factor in place of a positive definite matrix. */
function factor(lower: Float64Array): void {
  for (let i = 0; i < WINDOW; i++) {
    const row = (i * (i + 1)) / 2;
    for (let j = 0; j <= i; j++) {
      const other = (j * (j + 1)) / 2;
      let sum = lower[row + j] as number;
      for (let k = 0; k < j; k++) sum -= (lower[row + k] as number) * (lower[other + k] as number);
      lower[row + j] = i === j ? Math.sqrt(Math.max(sum, 1e-12)) : sum / (lower[other + j] as number);
    }
  }
}
