import type { GroupDemand } from '../demand/demand.ts';
import type { Fleet } from '../fleet/fleet.ts';
import { ruledOut } from '../placement/eligible.ts';
import type { Problem } from '../placement/problem.ts';
import type { Move } from './pace.ts';
import type { DrainStep, Step } from './plan.ts';
import { whyDrain, whyGrow } from './reasons.ts';
import type { PoolRoute } from './routes.ts';

interface Basis {
  readonly fleet: Pick<Fleet, 'services'>;
  readonly demand: readonly GroupDemand[];
  readonly problem: Problem;
}

/** The moves as steps, numbered in the order in which they are carried out. */
export function stepsFrom(basis: Basis, routes: readonly PoolRoute[], moves: readonly Move[]): readonly Step[] {
  const digits = Math.max(2, String(moves.length).length);
  const grounds = { demand: basis.demand, problem: basis.problem, pools: routes };
  return moves.flatMap((move, n): Step[] => {
    const route = routes[move.pool];
    if (!route) return [];
    const parts = {
      id: `s${String(n + 1).padStart(digits, '0')}`,
      pool: route.name,
      offering: route.offering.id,
      from: route.from,
      to: move.to,
      cause: move.cause,
      usdPerHourDelta: (move.to - route.from) * route.usdPerHour,
    };
    if (move.to < route.from) {
      return [{ ...parts, kind: 'drain', reason: whyDrain(grounds, route), drainS: drainTime(basis, route) }];
    }
    const reason = whyGrow(grounds, route, move.to, move.cause);
    return route.template === undefined
      ? [{ ...parts, kind: 'grow', reason }]
      : [{ ...parts, kind: 'open', reason, template: route.template }];
  });
}

/** The slowest service that runs on the pool or may: what runs there now is not known for certain. */
function drainTime({ fleet, demand, problem }: Basis, { candidate }: PoolRoute): DrainStep['drainS'] {
  const mayRun = new Set(problem.groups.filter((g) => ruledOut(g, candidate) === undefined).map((g) => g.name));
  const services = new Set(demand.filter((d) => mayRun.has(d.name)).map((d) => d.service));
  return Math.max(0, ...fleet.services.filter((s) => services.has(s.name)).map((s) => s.drain));
}
