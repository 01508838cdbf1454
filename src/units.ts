/**
 * Branded quantities. A number becomes a quantity through one checked constructor and keeps its brand;
 * arithmetic between brands goes through the functions below, so that a rate is never added to a sum.
 *
 * Every constructor throws RangeError with the unit and the bad value: a bad quantity that gets this far is our
 * own mistake, because readers of outside data check first and answer with a {@link Trouble}.
 */
declare const brand: unique symbol;
export type Brand<T, B extends string> = T & { readonly [brand]: B };

/** USD per hour; a float, because the solver compares rates. */
export type UsdPerHour = Brand<number, 'UsdPerHour'>;
/** USD per GB (10^9 bytes) moved. */
export type UsdPerGb = Brand<number, 'UsdPerGb'>;
/** A sum of money: whole 1e-10 USD, so that sums are exact and shares add back. */
export type Money = Brand<bigint, 'Money'>;
/** Thousandths of a vCPU. */
export type MilliCores = Brand<number, 'MilliCores'>;
/** Mebibytes, 2^20 bytes. */
export type MiB = Brand<number, 'MiB'>;
export type Seconds = Brand<number, 'Seconds'>;
export type Hours = Brand<number, 'Hours'>;
/** A share or probability, 0 to 1. */
export type Share = Brand<number, 'Share'>;
/** A point in time: whole milliseconds since 1970-01-01T00:00Z. */
export type Instant = Brand<number, 'Instant'>;

/** Hours in a billing month, the figure AWS, Azure and Google all use for a monthly price (8,760 / 12). */
export const HOURS_PER_MONTH = 730;

const MONEY_UNITS_PER_USD = 1e10;

function atLeastZero(unit: string, n: number): number {
  if (!Number.isFinite(n) || n < 0) throw new RangeError(`${unit} must be finite and >= 0, got ${n}`);
  return n;
}

export const usdPerHour = (n: number): UsdPerHour => atLeastZero('USD/h', n) as UsdPerHour;
export const usdPerGb = (n: number): UsdPerGb => atLeastZero('USD/GB', n) as UsdPerGb;
export const milliCores = (n: number): MilliCores => atLeastZero('millicores', n) as MilliCores;
export const mib = (n: number): MiB => atLeastZero('MiB', n) as MiB;
export const seconds = (n: number): Seconds => atLeastZero('seconds', n) as Seconds;
export const hours = (n: number): Hours => atLeastZero('hours', n) as Hours;

export function share(n: number): Share {
  if (!(n >= 0 && n <= 1)) throw new RangeError(`a share must lie between 0 and 1, got ${n}`);
  return n as Share;
}

/** @param ms whole milliseconds since the epoch, UTC */
export function instant(ms: number): Instant {
  if (!Number.isSafeInteger(ms)) throw new RangeError(`an instant must be whole milliseconds, got ${ms}`);
  return ms as Instant;
}

/** @param units whole 1e-10 USD */
export function money(units: number | bigint): Money {
  if (typeof units === 'number' && !Number.isSafeInteger(units)) {
    throw new RangeError(`money must be whole 1e-10 USD within the safe range, got ${units}`);
  }
  return BigInt(units) as Money;
}

/** What `rate` costs over `time`, rounded once, half away from zero. */
export function charge(rate: UsdPerHour, time: Hours): Money {
  return money(Math.round(rate * time * MONEY_UNITS_PER_USD));
}

export const toHours = (s: Seconds): Hours => (s / 3600) as Hours;
export const usdPerMonth = (rate: number): number => rate * HOURS_PER_MONTH;
export const later = (t: Instant, s: Seconds): Instant => instant(Math.round(t + s * 1000));
/** Seconds from `a` to `b`; negative when `b` is earlier. */
export const secondsBetween = (a: Instant, b: Instant): number => (b - a) / 1000;
export const isoOf = (t: Instant): string => new Date(t).toISOString().replace(/\.000Z$/, 'Z');
