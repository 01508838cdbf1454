import { breakEvens, type BreakEven } from '../placement/break-even.ts';
import { vendorEntries } from '../placement/vendor-entry.ts';
import type { LinearSolver } from '../ports.ts';
import { counted, named, percentChange, rate } from '../figures.ts';
import type { Decided } from './plan.ts';

type Planned = Pick<Decided, 'observation' | 'problem' | 'plan'>;

/** What would bring a vendor into a plan, or more of it. */
export interface VendorWhy {
  readonly provider: string;
  /** nodes that the placement has of it */
  readonly nodes: number;
  /** share off all its list prices at which its next offering enters: 0 it costs as much as what was chosen, 1 not even free */
  readonly discount: number;
  /** `least`: with less the plan's own prices prove that it saves nothing. `enters`: solved for, it enters there. */
  readonly known: 'least' | 'enters';
  /** the one that enters first, with its list price now and then */
  readonly offering: string;
  readonly listUsdPerHour: number;
  readonly entersAtUsdPerHour: number;
  /** what one node of it would carry */
  readonly filling: Readonly<Record<string, number>>;
}

/** What a plan's prices tell of the vendors that it leaves out, or nearly: next to nothing to work out. */
export function sparedVendors(planned: Planned): readonly VendorWhy[] {
  if (!hasBound(planned)) return [];
  return breakEvens(planned.problem, planned.plan.placement).map((b) => whyOf(planned, b, 'least'));
}

/** The same for some vendors, used or not, by solving the relaxation at other prices: some seconds for a fleet. */
export function vendorWhys(planned: Planned, providers: readonly string[], solver: LinearSolver): readonly VendorWhy[] {
  return vendorEntries(planned.problem, providers, solver).map((b) => whyOf(planned, b, 'enters'));
}

/** A bound for the fleet as it is: everything is placed and every load is known. */
const hasBound = ({ plan }: Planned): boolean => plan.placement.status === 'placed' && Number.isFinite(plan.totals.gap);

function whyOf({ observation, plan }: Planned, b: BreakEven, known: VendorWhy['known']): VendorWhy {
  // expected interruptions are a share of the list price, so one discount holds for both
  const list = observation.offerings.find((o) => o.id === b.offering)?.price.usdPerHour ?? b.usdPerHour;
  const nodes = plan.placement.nodes.reduce(
    (sum, n) => (n.offering.startsWith(`${b.provider}/`) ? sum + n.count : sum),
    0,
  );
  return {
    provider: b.provider,
    nodes,
    discount: b.discount,
    known,
    offering: b.offering,
    listUsdPerHour: list,
    entersAtUsdPerHour: list * (1 - b.discount),
    filling: b.entry.filling,
  };
}

/** In words that follow the vendor's name; undefined where a bound on the discount says nothing. */
export function vendorText(why: VendorWhy): string | undefined {
  const { nodes, discount, known, offering, filling } = why;
  const used = nodes === 0 ? 'is not used' : `has ${counted(nodes, 'node')}`;
  const enters = nodes === 0 ? 'it enters' : 'more of it enters';
  const earliest = known === 'least' ? ' at the earliest' : '';
  if (discount >= 1)
    return `${used}: ${nodes === 0 ? 'it saves nothing, even free' : 'more of it saves nothing at any price'}`;
  if (discount < EVEN) {
    return known === 'least' ? undefined : `${used}: ${enters} as soon as it is cheaper, first with ${offering}`;
  }
  const carries = Object.entries(filling).map(([group, n]) => `${n} × ${group}`);
  return (
    `${used}: ${enters} at ${percentChange(-discount)} of its list prices${earliest}, first with ${offering} ` +
    `(${rate(why.listUsdPerHour)} → ${rate(why.entersAtUsdPerHour)}${carries.length > 0 ? `, carrying ${named(carries)}` : ''})`
  );
}

/** Smaller discounts are 0 to the digits that are printed. */
const EVEN = 1e-4;
