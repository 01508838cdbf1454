/** A repeatable stream of chance: the same seed gives the same figures on every machine. */
export interface Dice {
  /** 0 ≤ x < 1 */
  next(): number;
  /** a whole number, both ends included */
  whole(from: number, to: number): number;
  pick<T>(from: readonly T[]): T;
  chance(share: number): boolean;
  /** lognormal: half of the figures lie below the median; the logarithm's standard deviation is sigma */
  lognormal(median: number, sigma: number): number;
  shuffled<T>(list: readonly T[]): T[];
}

/**
 * @param seed what a person chose
 * @param salt the instance's name, so that two instances of one seed share nothing
 */
export function diceOf(seed: number, salt = ''): Dice {
  const next = mulberry32(mixed(seed, salt));
  const whole = (from: number, to: number): number => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    whole,
    pick<T>(from: readonly T[]): T {
      if (from.length === 0) throw new RangeError('nothing to pick from');
      return from[whole(0, from.length - 1)] as T;
    },
    chance: (share) => next() < share,
    lognormal: (median, sigma) => median * Math.exp(sigma * normal(next)),
    shuffled<T>(list: readonly T[]): T[] {
      const out = [...list];
      for (let i = out.length - 1; i > 0; i--) {
        const j = whole(0, i);
        [out[i], out[j]] = [out[j] as T, out[i] as T];
      }
      return out;
    },
  };
}

/** Tommy Ettinger's mulberry32: 32 bits of state, passes gjrand; enough to draw instances with. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** FNV-1a over the salt, started at the seed. */
function mixed(seed: number, salt: string): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0;
  for (let i = 0; i < salt.length; i++) hash = Math.imul(hash ^ salt.charCodeAt(i), 0x01000193) >>> 0;
  return hash;
}

/** Box and Muller, 1958. */
function normal(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}
