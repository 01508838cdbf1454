/**
 * Room for large arrays that are needed only while one series is learnt: taken one after the other from one block, which
 * serves again for the next series. A hundred series would otherwise leave a gigabyte to be collected.
 */
let block = new Float64Array(0);
let taken = 0;
/** what was asked for in all since the outermost began, block or no block */
let wanted = 0;
let depth = 0;

/** A block never grows beyond this: 32 MB. */
const MOST = 2 ** 22;

/**
 * What {@link roomFor} gives during `work` is given again to others after it: nothing of that may be in the answer.
 * Within another such call it is given back with the inner one.
 */
export function inArena<T>(work: () => T): T {
  const before = taken;
  if (depth === 0 && wanted > block.length && block.length < MOST) block = new Float64Array(Math.min(MOST, wanted));
  if (depth === 0) wanted = 0;
  depth++;
  try {
    return work();
  } finally {
    depth--;
    taken = before;
  }
}

/** So many numbers, whatever they are: what is read of them must have been written. Outside {@link inArena} they are one's own. */
export function roomFor(length: number): Float64Array {
  if (depth === 0) return new Float64Array(length);
  wanted += length;
  if (taken + length > block.length) return new Float64Array(length);
  taken += length;
  return block.subarray(taken - length, taken);
}
