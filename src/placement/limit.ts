/**
 * How long a placement may take. The stage reads no clock: whoever sets a limit says when so much of it is gone.
 *
 * @param share of the limit, 0 to 1; absent = all of it
 */
export interface Limit {
  readonly expired?: (share?: number) => boolean;
  /** the bound is what is asked for: whole nodes are rounded, but not searched for */
  readonly brief?: boolean;
}

/** Shares of the limit after which each part makes do with what it has. */
export const RELAXED_BY = 0.5;
export const ROUNDED_BY = 0.85;
