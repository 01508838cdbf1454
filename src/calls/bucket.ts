import type { Instant } from '../units.ts';

/** What a vendor allows: so many calls at once, and so many a second in the long run. */
export interface Rate {
  /** most calls at once, after a rest */
  readonly burst: number;
  readonly perSecond: number;
}

/** Calls that share a rate. It keeps no clock: every question comes with the time. */
export interface Bucket {
  /** ms until a call may be sent; 0 = now */
  waitMs(now: Instant): number;
  /** One call is sent now. @throws RangeError before its time: ask {@link waitMs} first */
  take(now: Instant): void;
  /** A call went well: the rate grows back a little, never above the limit. */
  succeeded(): void;
  /**
   * The vendor said "too often": half the rate, an empty bucket, and silence until `retryAfterMs` have passed.
   *
   * @param sentAt when the refused call was sent; of calls that were under way together only the first halves the rate
   */
  throttled(sentAt: Instant, now: Instant, retryAfterMs?: number): void;
  /** calls a second as of now */
  readonly perSecond: number;
}

/**
 * A token bucket whose rate adapts: additive increase, multiplicative decrease, as TCP finds its share of a line
 * (Chiu and Jain 1989). Limits count for the account, and others use the account too, so the documented limit is a
 * ceiling and not a right.
 *
 * Whatever happens, any window of w seconds sees at most burst + perSecond × w calls.
 */
export function bucket(limit: Rate): Bucket {
  if (!(limit.burst >= 1 && limit.perSecond > 0)) {
    throw new RangeError(`a rate allows calls, got ${limit.burst} at once and ${limit.perSecond} a second`);
  }
  const least = limit.perSecond * LEAST_SHARE;
  let perSecond = limit.perSecond;
  let tokens = limit.burst;
  let filledAt: Instant | undefined;
  let halvedAt: Instant | undefined;
  let silentUntil = -Infinity;

  const fill = (now: Instant): void => {
    // a clock that was set back fills nothing, and must not be waited for until it has caught up
    const ms = filledAt === undefined ? 0 : Math.max(0, now - filledAt);
    tokens = Math.min(limit.burst, tokens + (ms / 1000) * perSecond);
    filledAt = now;
    silentUntil = Math.min(silentUntil, now + LONGEST_SILENCE_MS);
  };
  const waitMs = (now: Instant): number => {
    fill(now);
    const filling = tokens >= 1 - ROUNDING ? 0 : ((1 - tokens) / perSecond) * 1000;
    return Math.ceil(Math.max(filling - ROUNDING, silentUntil - now, 0));
  };
  return {
    waitMs,
    take(now) {
      if (waitMs(now) > 0) throw new RangeError(`a call ${waitMs(now)} ms before its time`);
      tokens = Math.max(0, tokens - 1);
    },
    succeeded() {
      perSecond = Math.min(limit.perSecond, perSecond + limit.perSecond * REGAINED);
    },
    throttled(sentAt, now, retryAfterMs = 0) {
      fill(now);
      tokens = 0;
      silentUntil = Math.max(silentUntil, now + Math.min(retryAfterMs, LONGEST_SILENCE_MS));
      if (halvedAt !== undefined && sentAt <= halvedAt && halvedAt <= now) return;
      halvedAt = now;
      perSecond = Math.max(least, perSecond / 2);
    },
    get perSecond() {
      return perSecond;
    },
  };
}

/** Six halvings: below it waiting costs more than asking. */
const LEAST_SHARE = 1 / 64;
/** Of the limit, per call that went well: back to the full rate after fifty at the most. */
const REGAINED = 1 / 50;
/** Nothing is documented to ask for longer; a misread header must not silence a cloud for a day. */
const LONGEST_SILENCE_MS = 3_600_000;
/** Sums of fractions of a token fall short of a whole one by so little. */
const ROUNDING = 1e-9;
