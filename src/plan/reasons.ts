import type { GroupDemand } from '../demand/demand.ts';
import { percentile } from '../demand/objective.ts';
import { ruledOut } from '../placement/eligible.ts';
import type { Candidate, Group, Problem } from '../placement/problem.ts';
import { amount, count, counted, duration, named, short } from '../figures.ts';
import { loadOf, slice, startsOf, type PacedPool } from './fillings.ts';
import { byText } from './order.ts';
import { roomOn, type Load } from './parking.ts';
import { zoneText } from './usable.ts';

/** What the words about a step are made from. */
export interface Grounds {
  readonly demand: readonly GroupDemand[];
  readonly problem: Pick<Problem, 'groups'>;
  readonly pools: readonly PacedPool[];
}

/** Why a pool grows to `to` nodes, for the person who is on call. */
export function whyGrow(grounds: Grounds, pool: PacedPool, to: number, cause: 'load' | 'cost'): string {
  const load = loadOf(slice(pool.fillings, pool.from, to));
  const [main] = largestFirst(load);
  if (!main) return `brought up to the minimum of its pool`;
  const carries = `carries ${carried(load)}`;
  const demand = grounds.demand.find(({ name }) => name === main[0]);
  if (demand?.setBy === 'hold') return `${carries}: ${needOf(demand)}`;
  if (cause === 'cost') return `${carries}: cheaper for the fleet than where they can run now`;
  return demand ? `${carries}: ${needOf(demand)}` : carries;
}

/** `gateway/eu needs 1,204 replicas for 24.1M connections (its 99% quantile)` */
export function needOf(demand: GroupDemand): string {
  const replicas = counted(demand.replicas, 'replica');
  switch (demand.setBy) {
    case 'load':
      return `${demand.name} needs ${replicas} for ${loadText(demand)} within ${duration(demand.window)}`;
    case 'minimum':
      return `${demand.name} keeps its minimum of ${replicas}`;
    case 'maximum':
      return `${demand.name} is capped at its maximum of ${replicas} under ${loadText(demand)}`;
    case 'pending':
      return `${demand.name} needs ${replicas}: some of them wait for a node already`;
    case 'pace':
      return `${demand.name} keeps ${replicas}: no more may be let go in one cycle (shrink)`;
    case 'hold':
      return `${demand.name} keeps ${replicas} because its load is not known`;
    default:
      return demand.setBy satisfies never;
  }
}

const loadText = ({ load, unit, quantile }: GroupDemand): string =>
  `${short(load)} ${unit} (its ${percentile(quantile)} quantile)`;

/** Why nodes of a pool are drained. */
export function whyDrain(grounds: Grounds, pool: PacedPool): string {
  const users = grounds.problem.groups.filter((g) => g.replicas > 0 && ruledOut(g, pool.candidate) === undefined);
  if (users.length === 0) return 'no service of the fleet may run here';
  const heir = heirOf(grounds.pools, new Set(users.map((g) => g.name)));
  return heir
    ? replacedBy(
        pool,
        heir.pool,
        users.find((g) => g.name === heir.group),
      )
    : notNeeded(grounds, pool, users);
}

/** The growing pool that takes on the most replicas of any group that may use the draining one. */
function heirOf(
  pools: readonly PacedPool[],
  users: ReadonlySet<string>,
): { pool: PacedPool; group: string } | undefined {
  let best: { pool: PacedPool; group: string; replicas: number } | undefined;
  for (const pool of pools) {
    if (startsOf(pool) === 0) continue;
    for (const [group, replicas] of largestFirst(loadOf(slice(pool.fillings, pool.from, pool.goal)))) {
      if (users.has(group) && replicas > (best?.replicas ?? 0)) best = { pool, group, replicas };
    }
  }
  return best;
}

function replacedBy(pool: PacedPool, heir: PacedPool, group: Group | undefined): string {
  const [old, fresh] = group ? [perReplica(pool, group), perReplica(heir, group)] : [undefined, undefined];
  const name = `${heir.candidate.type} in ${zoneText(heir.candidate)}${purchaseNote(pool.candidate, heir.candidate)}`;
  if (group && old !== undefined && fresh !== undefined && old > fresh) {
    return `dearer than ${name} for what it carries: ${amount(old)}/h against ${amount(fresh)}/h a replica of ${group.name}`;
  }
  return `${name} takes over ${group?.name ?? 'its work'}: cheaper for the fleet as a whole`;
}

const purchaseNote = (old: Candidate, heir: Candidate): string =>
  old.purchase === heir.purchase ? '' : ` (${heir.purchase})`;

/** $/h of a node divided by the replicas of one group that fill it. */
function perReplica({ candidate }: PacedPool, group: Group): number | undefined {
  const fit = roomOn(group, candidate);
  return fit > 0 ? candidate.usdPerHour / fit : undefined;
}

function notNeeded({ demand, pools }: Grounds, pool: PacedPool, users: readonly Group[]): string {
  const carriers = (name: string): number =>
    pools.reduce((sum, p) => sum + p.fillings.reduce((n, f) => n + ((f.replicas[name] ?? 0) > 0 ? f.nodes : 0), 0), 0);
  const here = loadOf(pool.fillings);
  const main = users.toSorted(
    (a, b) => (here.get(b.name) ?? 0) - (here.get(a.name) ?? 0) || b.replicas - a.replicas || byText(a.name, b.name),
  )[0];
  if (!main) return 'no longer needed';
  const need = demand.find(({ name }) => name === main.name);
  const falls =
    need && need.setBy !== 'hold' ? needOf(need) : `${main.name} needs ${counted(main.replicas, 'replica')}`;
  return `no longer needed: ${falls}, and ${counted(carriers(main.name), 'other node')} ${carriers(main.name) === 1 ? 'carries' : 'carry'} them`;
}

/** `412 replicas of gateway/eu, 20 of router/eu and 2 groups more` */
function carried(load: Load, most = 2): string {
  const groups = largestFirst(load);
  const words = groups
    .slice(0, most)
    .map(([group, n], i) => (i === 0 ? `${counted(n, 'replica')} of ${group}` : `${count(n)} of ${group}`));
  if (groups.length > most) return `${words.join(', ')} and of ${counted(groups.length - most, 'other group')}`;
  return named(words);
}

const largestFirst = (load: Load): readonly (readonly [string, number])[] =>
  [...load].filter(([, n]) => n > 0).toSorted(([a, n], [b, m]) => m - n || byText(a, b));
