import type { Limit } from '../placement/limit.ts';

/** Milliseconds on a clock that only goes forward and that all threads of the process share; its zero means nothing. */
export const nowMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

/** From when to when something may take, on the clock of {@link nowMs}. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** A span of time as the limit of a placement; none: until it is done. */
export const limitOf = (span: Span | undefined): Limit =>
  span === undefined ? {} : { expired: (share = 1) => nowMs() >= span.from + share * (span.until - span.from) };
