import type { GroupDemand } from '../../demand/demand.ts';
import { percentile } from '../../demand/objective.ts';
import { aligned, count } from '../../figures.ts';
import { usdPerMonth } from '../../units.ts';
import { nextNineUsdPerHour } from '../next-nine.ts';
import type { Decided } from '../plan.ts';
import { left, right, type GridSection, type Row } from './view.ts';

/** Which quantile each service is sized on and why, and what a tenth of its misses would cost. */
export function nineSection({ fleet, plan }: Decided, full: boolean): GridSection {
  const order = new Map(fleet.services.map((service, i) => [service.name, i]));
  const known = plan.demand.toSorted((a, b) => (order.get(a.service) ?? 0) - (order.get(b.service) ?? 0));
  const lines = together(known, full).map((groups) => lineOf(groups, plan.placement));
  const usd = aligned(lines.map((line) => line.usdPerMonth));
  return {
    kind: 'grid',
    title: 'One more nine',
    columns: [
      left('service', { flexible: true }),
      ...(full ? [left('market', { flexible: true })] : []),
      left('quantile'),
      left('next'),
      right('replicas'),
      right('then'),
      right('$ a month', {
        about: '$ a month: more replicas at the mean of the horizon, at what one more costs at the margin',
      }),
    ],
    rows: lines.map(({ first, replicas, replicasThen, next }, i): Row => ({
      cells: [
        first.service,
        ...(full ? [first.market] : []),
        percentile(first.quantile),
        next === undefined ? '' : percentile(next),
        count(replicas),
        count(replicasThen),
        usd[i] ?? 'n/a',
      ],
      ...(first.quantileFrom === 'costs' && {
        note: `${percentile(first.quantile)} because of its costs: ${first.quantileWhy}`,
      }),
    })),
    note: `then: what a tenth of the misses takes${known.some((d) => d.quantileFrom === 'stated') ? '; quantiles without a reason are stated in the fleet file' : ''}`,
  };
}

/** A line for each group; or for all markets of a service that are sized on the same quantile. */
function together(demand: readonly GroupDemand[], full: boolean): readonly (readonly GroupDemand[])[] {
  const lines = new Map<string, GroupDemand[]>();
  for (const d of demand) {
    const key = full ? d.name : `${d.service} ${d.quantile} ${d.quantileWhy}`;
    lines.set(key, [...(lines.get(key) ?? []), d]);
  }
  return [...lines.values()];
}

interface Line {
  readonly first: GroupDemand;
  readonly next: number | undefined;
  readonly replicas: number;
  /** NaN where that of any group is not known */
  readonly replicasThen: number;
  readonly usdPerMonth: number;
}

function lineOf(groups: readonly GroupDemand[], placement: Decided['plan']['placement']): Line {
  const [first] = groups;
  if (!first) throw new RangeError('a line without a group');
  const sum = (of: (d: GroupDemand) => number | undefined): number =>
    groups.reduce((total, d) => total + (of(d) ?? Number.NaN), 0);
  return {
    first,
    next: groups.find((d) => d.nextNine)?.nextNine?.quantile,
    replicas: sum((d) => d.replicas),
    replicasThen: sum((d) => d.nextNine?.replicas),
    usdPerMonth: usdPerMonth(sum((d) => nextNineUsdPerHour(d, placement))),
  };
}
