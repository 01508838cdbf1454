/** Order by code units: the same on every machine, whatever its language. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** The first of several comparisons that tells two things apart. */
export const firstOf = (...comparisons: readonly number[]): number => comparisons.find((c) => c !== 0) ?? 0;
