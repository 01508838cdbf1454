import type { Placement, PlacedNodes } from '../placement.ts';

/** A path of need, from now on: what each group needs bucket after bucket, and how soon an order can serve. */
export interface Periods {
  /** the first one is the current bucket and starts now */
  readonly buckets: readonly Bucket[];
  /**
   * Hours from the order until a node serves: by offering id, else by provider. What is not named takes the time that
   * the provider's nodes commonly take to boot.
   */
  readonly leadHours?: Readonly<Record<string, number>>;
  /** nodes ordered before that don't serve yet; they are no part of the problem's `running` */
  readonly onTheWay?: readonly OnTheWay[];
  /** hours until the next chance to order; absent = the end of the first bucket */
  readonly nextOrderHours?: number;
}

export interface Bucket {
  readonly hours: number;
  /** group → replicas needed; a group that is not named needs what it needed before, and no less than the problem says */
  readonly replicas: Readonly<Record<string, number>>;
}

export interface OnTheWay {
  readonly offering: string;
  readonly count: number;
  /** hours until they serve */
  readonly inHours: number;
}

/** What to have in each period, what to order and stop for it, what it costs, and why. Money is USD over the whole time. */
export interface Ahead {
  /** `late`: some need waits until ordered nodes serve. `partial`: some can't be met at all. `short` says which */
  readonly status: 'placed' | 'late' | 'partial';
  /** the current bucket with replicas on each node, once what is ordered for it serves */
  readonly now: Placement;
  /** one for each bucket */
  readonly periods: readonly PeriodAhead[];
  /** nodes to start, the soonest first */
  readonly orders: readonly Order[];
  /** nodes that may go, the soonest first; none sooner than `atHours` */
  readonly stops: readonly Stop[];
  /** nodes of now that this bucket alone would not keep */
  readonly kept: readonly Kept[];
  readonly short: readonly Short[];
  /** nodes, commitments and egress of all periods, and the cost of every change */
  readonly usd: number;
  /** the part of `usd` that starting and leaving nodes costs */
  readonly changeUsd: number;
  /** no nodes over these periods that serve what is served here cost less in all */
  readonly lowerBoundUsd: number;
  /** usd / lowerBoundUsd − 1 */
  readonly gap: number;
  /** every order, stop, hold and shortage in words */
  readonly reasons: readonly string[];
}

export interface PeriodAhead {
  readonly fromHours: number;
  readonly hours: number;
  /** offering → nodes at the end of the period, when all that was ordered for it serves */
  readonly nodes: Readonly<Record<string, number>>;
  /** what the period costs, without the cost of change */
  readonly usd: number;
  /** the period, cut where ordered nodes begin to serve */
  readonly stretches: readonly StretchAhead[];
}

export interface StretchAhead {
  readonly fromHours: number;
  readonly hours: number;
  /** with the replicas that are known to fit on them: the proof that the need is covered */
  readonly nodes: readonly PlacedNodes[];
  readonly usdPerHour: number;
}

export interface Order {
  readonly offering: string;
  readonly count: number;
  /** hours from now until the order has to be given at the latest */
  readonly atHours: number;
  readonly servesAtHours: number;
  /** the next chance to order would come too late */
  readonly now: boolean;
  readonly why: string;
}

export interface Stop {
  readonly offering: string;
  readonly count: number;
  readonly atHours: number;
  /** to be carried out before the next chance to order, though no sooner than `atHours` */
  readonly now: boolean;
  readonly why: string;
}

export interface Kept {
  readonly offering: string;
  readonly count: number;
  /** hours until they are needed again; absent: leaving them costs more than it saves within the periods */
  readonly againInHours?: number;
  readonly why: string;
}

export interface Short {
  readonly group: string;
  readonly replicas: number;
  readonly fromHours: number;
  readonly untilHours: number;
  readonly why: string;
}
