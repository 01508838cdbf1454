import type { Commitment } from './catalog/contract.ts';
import type { EgressTable } from './catalog/egress.ts';
import type { Offering, ProviderName } from './catalog/offering.ts';
import type { ObservedPool } from './ports.ts';
import type { ObservedSignal } from './signals/signal.ts';
import type { Instant } from './units.ts';

/**
 * Everything a decision rests on, read once. The clock, prices and traffic arrive in here, so a stored observation
 * replays to the same plan bit for bit.
 */
export interface Observation {
  readonly at: Instant;
  readonly offerings: readonly Offering[];
  readonly pools: readonly ObservedPool[];
  readonly commitments: readonly Commitment[];
  readonly egress: EgressTable;
  readonly signals: readonly ObservedSignal[];
  /** one entry for each provider and source of prices */
  readonly prices: readonly PriceSource[];
  readonly hashes: Hashes;
}

export interface PriceSource {
  readonly provider: ProviderName;
  readonly source: string;
  /** the oldest price in use from it */
  readonly asOf: Instant;
  readonly offerings: number;
}

/** SHA-256 in hex of the canonical JSON of what the plan is bound to. */
export interface Hashes {
  readonly config: string;
  readonly prices: string;
  readonly state: string;
}
