import { globMatch } from '../fleet/glob.ts';
import type { Resources } from '../quantity.ts';
import type { PlacedNodes } from './placement.ts';
import type { Candidate, Group, Problem } from './problem.ts';

/**
 * Every rule of the problem checked on an answer by plain counting, with none of the solver's code. Runs on every
 * answer before it leaves the stage.
 *
 * @param unplaced replicas that the answer itself says it could not place
 * @returns what does not hold, in words; empty when all does
 */
export function violations(
  problem: Problem,
  nodes: readonly PlacedNodes[],
  unplaced: Readonly<Record<string, number>>,
): string[] {
  const offerings = new Map(problem.offerings.map((o) => [o.id, o]));
  const groups = new Map(problem.groups.map((g) => [g.name, g]));
  const found: string[] = [];
  const count = new Map<string, number>();
  for (const n of nodes) {
    const offering = offerings.get(n.offering);
    if (!offering) {
      found.push(`${n.offering} is no offering of the problem`);
      continue;
    }
    if (!Number.isInteger(n.count) || n.count < 0) found.push(`${n.offering} has ${n.count} nodes`);
    count.set(n.offering, (count.get(n.offering) ?? 0) + n.count);
    found.push(...nodeTroubles(offering, n, groups));
  }
  for (const o of problem.offerings) {
    const n = count.get(o.id) ?? 0;
    if (n > (o.atMost ?? Infinity)) found.push(`${n} nodes of ${o.id} where ${o.atMost} can be had`);
    if (n < (o.atLeast ?? 0)) found.push(`${n} nodes of ${o.id} where its pools keep at least ${o.atLeast}`);
  }
  for (const group of problem.groups) found.push(...groupTroubles(problem, group, nodes, offerings, unplaced));
  found.push(...vendorTroubles(problem, count, offerings));
  return found;
}

function nodeTroubles(o: Candidate, n: PlacedNodes, groups: ReadonlyMap<string, Group>): string[] {
  const found: string[] = [];
  const used = { cpu: 0, memory: 0, storage: 0, pods: 0 };
  const devices = new Map<string, number>();
  for (const [name, replicas] of Object.entries(n.replicas)) {
    const group = groups.get(name);
    if (!group) {
      found.push(`${name} on ${o.id} is no group of the problem`);
      continue;
    }
    if (replicas > 0 && !allows(group, o)) found.push(`${name} may not run on ${o.id}`);
    if (replicas > (group.perNodeAtMost ?? Infinity))
      found.push(`${replicas} replicas of ${name} on one node of ${o.id}`);
    const r: Resources = group.requests;
    used.cpu += replicas * r.cpu;
    used.memory += replicas * r.memory;
    used.storage += replicas * (r.storage ?? 0);
    used.pods += replicas * (r.pods ?? 1);
    for (const [d, x] of Object.entries(r.devices ?? {})) devices.set(d, (devices.get(d) ?? 0) + replicas * x);
  }
  const have = o.allocatable;
  const over = (what: string, x: number, most: number): void => {
    if (x > most * (1 + 1e-9) + 1e-9) found.push(`${o.id} holds ${x} ${what} where ${most} fit`);
  };
  over('millicores', used.cpu, have.cpu);
  over('MiB', used.memory, have.memory);
  over('MiB of ephemeral storage', used.storage, have.storage ?? Infinity);
  over('pods', used.pods, have.pods ?? Infinity);
  for (const [d, x] of devices) over(d, x, have.devices?.[d] ?? 0);
  return found;
}

function allows(group: Group, o: Candidate): boolean {
  const a = group.allow;
  return (
    one(a.provider, o.provider) &&
    one(a.place, `${o.provider}/${o.region}`) &&
    one(a.region, o.region) &&
    one(a.zone, o.zone) &&
    one(a.arch, o.arch) &&
    one(a.purchase, o.purchase) &&
    one(a.type, o.type) &&
    one(a.gpu, o.gpu?.name ?? 'none')
  );
}

/** Thousands of offerings share a few places and types: each is compared with a list of patterns once. */
const compared = new WeakMap<readonly string[], Map<string, boolean>>();

function one(patterns: readonly string[] | undefined, value: string): boolean {
  if (patterns === undefined) return true;
  let known = compared.get(patterns);
  if (!known) compared.set(patterns, (known = new Map()));
  let matches = known.get(value);
  if (matches === undefined) known.set(value, (matches = patterns.some((p) => globMatch(p, value))));
  return matches;
}

function groupTroubles(
  problem: Problem,
  group: Group,
  nodes: readonly PlacedNodes[],
  offerings: ReadonlyMap<string, Candidate>,
  unplaced: Readonly<Record<string, number>>,
): string[] {
  const found: string[] = [];
  let total = 0;
  let spot = 0;
  const zone = new Map<string, number>();
  const domain = new Map<string, number>();
  const loss = group.survive?.loss ?? 'provider';
  for (const n of nodes) {
    const o = offerings.get(n.offering);
    const replicas = n.count * (n.replicas[group.name] ?? 0);
    if (!o || replicas === 0) continue;
    total += replicas;
    if (o.purchase === 'spot') spot += replicas;
    const where = `${o.provider}/${o.region}/${o.zone}`;
    zone.set(where, (zone.get(where) ?? 0) + replicas);
    const part = where
      .split('/')
      .slice(0, loss === 'provider' ? 1 : loss === 'region' ? 2 : 3)
      .join('/');
    domain.set(part, (domain.get(part) ?? 0) + replicas);
  }
  const missing = unplaced[group.name] ?? 0;
  if (total + missing < group.replicas) found.push(`${group.name} has ${total} of ${group.replicas} replicas`);
  if (group.spotAtMost !== undefined && group.spotAtMost < 1 && spot > group.spotAtMost * group.replicas + 1e-6) {
    found.push(`${group.name} has ${spot} of ${group.replicas} replicas on spot, over ${group.spotAtMost * 100}%`);
  }
  if (group.zoneSkew) found.push(...skewTroubles(problem, group, zone));
  if (group.survive && missing === 0) {
    for (const [lost, n] of domain) {
      if (total - n < group.survive.share * group.replicas - 1e-6) {
        found.push(
          `${group.name} keeps ${total - n} replicas after the loss of ${lost}, under ${group.survive.share * 100}% of ${group.replicas}`,
        );
      }
      if (group.absorb !== undefined && group.absorb * (total - n) < n - 1e-6) {
        found.push(
          `${group.name} can't take in the clients of ${lost} in time: ${total - n} replicas are left for those of ${n}`,
        );
      }
    }
  }
  return found;
}

function skewTroubles(problem: Problem, group: Group, placed: ReadonlyMap<string, number>): string[] {
  const scopes = new Map<string, Map<string, number>>();
  for (const [where, { region, offerings }] of zonesOf(problem.offerings)) {
    // one offering that it may use makes a zone count
    if (
      !offerings.some(
        (o) => !(o.purchase === 'spot' && group.spotAtMost === 0) && allows(group, o) && roomForOne(group, o),
      )
    )
      continue;
    const scope = group.zoneSkew?.within === 'all' ? 'all zones' : region;
    const zones = scopes.get(scope) ?? new Map<string, number>();
    scopes.set(scope, zones.set(where, placed.get(where) ?? 0));
  }
  return [...scopes].flatMap(([scope, zones]) => {
    const skew = Math.max(...zones.values()) - Math.min(...zones.values());
    return skew > (group.zoneSkew?.most ?? Infinity)
      ? [`${group.name} differs by ${skew} replicas between the zones of ${scope}`]
      : [];
  });
}

interface Zone {
  readonly region: string;
  readonly offerings: readonly Candidate[];
}

const zonesKnown = new WeakMap<readonly Candidate[], ReadonlyMap<string, Zone>>();

/** Offerings by provider/region/zone, put together once for all groups. */
function zonesOf(offerings: readonly Candidate[]): ReadonlyMap<string, Zone> {
  const known = zonesKnown.get(offerings);
  if (known) return known;
  const zones = new Map<string, { region: string; offerings: Candidate[] }>();
  for (const o of offerings) {
    const region = `${o.provider}/${o.region}`;
    const where = `${region}/${o.zone}`;
    const zone = zones.get(where);
    if (zone) zone.offerings.push(o);
    else zones.set(where, { region, offerings: [o] });
  }
  zonesKnown.set(offerings, zones);
  return zones;
}

function roomForOne(group: Group, o: Candidate): boolean {
  const r = group.requests;
  const have = o.allocatable;
  return (
    r.cpu <= have.cpu &&
    r.memory <= have.memory &&
    (r.storage ?? 0) <= (have.storage ?? Infinity) &&
    (r.pods ?? 1) <= (have.pods ?? Infinity) &&
    Object.entries(r.devices ?? {}).every(([d, x]) => x <= (have.devices?.[d] ?? 0))
  );
}

function vendorTroubles(
  problem: Problem,
  count: ReadonlyMap<string, number>,
  offerings: ReadonlyMap<string, Candidate>,
): string[] {
  let total = 0;
  const by = new Map<string, number>();
  for (const [id, n] of count) {
    const o = offerings.get(id);
    if (!o) continue;
    total += n * o.usdPerHour;
    by.set(o.provider, (by.get(o.provider) ?? 0) + n * o.usdPerHour);
  }
  return [...problem.rules.vendorShareAtMost].flatMap(([provider, most]) => {
    const usd = by.get(provider) ?? 0;
    return usd > most * total + 1e-6
      ? [`${provider} has ${((100 * usd) / total).toFixed(2)}% of the $/h, over ${most * 100}%`]
      : [];
  });
}
