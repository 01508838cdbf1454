/** Numbers in [0, 1), one after the other. */
export type Draw = () => number;

/**
 * A stream of chance of its own for each key, so that what happens to one thing never depends on how often anything
 * else was asked: the price of a type in a zone is the same whether or not a node was launched elsewhere.
 *
 * FNV-1a over the key, then mulberry32 (T. Ettinger, public domain): 32 bits of state are plenty for a simulation.
 */
export function drawsFor(seed: number, ...key: readonly (string | number)[]): Draw {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (const part of key) {
    const text = `${part}\u0000`;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  let state = hash >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let z = state;
    z = Math.imul(z ^ (z >>> 15), z | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** By Box and Muller: mean 0, variance 1. */
export const normal = (draw: Draw): number => Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw());

/** Time until an event that comes `rate` times a unit on average; never, where the rate is 0. */
export const exponential = (draw: Draw, rate: number): number => (rate > 0 ? -Math.log(1 - draw()) / rate : Infinity);
