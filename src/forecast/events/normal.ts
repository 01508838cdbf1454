/**
 * The standard normal law's quantile, to 4.5e-4: rational approximation 26.2.23 of Abramowitz and Stegun, Handbook of
 * Mathematical Functions (1964). A forecast's spread is not known better than that.
 *
 * @param p within (0, 1)
 */
export function normalQuantile(p: number): number {
  if (p === 0.5) return 0;
  const t = Math.sqrt(-2 * Math.log(Math.min(p, 1 - p)));
  const z = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
  return p < 0.5 ? -z : z;
}
