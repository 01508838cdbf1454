import type { GroupEntry, OfferingEntry, ProblemFile } from '../../src/interchange/problem-file.ts';

/** Whole cents an hour; undefined where there is no such placement. */
export interface Least {
  /** of placements on whose nodes there is something */
  readonly filled: number | undefined;
  /** of all: a share of the bill may also be kept by paying another vendor for nodes that stay empty */
  readonly anyhow: number | undefined;
}

/**
 * The least that any placement costs, by trying them all.
 *
 * A reading of the rules of its own, from the format's words: nothing of the solver or of the verification is used. For
 * problems of a few replicas whose amounts are numbers, and whose prices are whole cents; of vendors' shares it knows
 * one.
 *
 * What it need not try: more of a group in one zone than the group has replicas (cutting every zone down to that keeps
 * each rule), and for a group a distribution over offerings that has no fewer replicas anywhere than another one that
 * keeps its rules (the nodes of the first hold the second as well).
 */
export function leastCents(file: ProblemFile): Least {
  const { groups, offerings } = file;
  const distributions = groups.map((g) => minimal(distributionsOf(g, offerings)));
  const fewest = offerings.map((o) => nodesFor(groups, o));
  const atMost = offerings.map((o) => o.atMost ?? Infinity);
  const cents = offerings.map((o) => Math.round(o.usdPerHour * 100));
  let [filled, anyhow] = [Infinity, Infinity];
  const choose = (g: number, placed: readonly (readonly number[])[]): void => {
    const on = offerings.map((_, at) => placed.map((d) => d[at] ?? 0));
    const counts = fewest.map((of, at) => of(on[at] ?? []));
    if (counts.some((n, at) => n > (atMost[at] ?? 0))) return;
    const cost = counts.reduce((sum, n, at) => sum + n * (cents[at] ?? 0), 0);
    if (cost >= filled && cost >= anyhow) return;
    const next = distributions[g];
    if (next) {
      for (const d of next) choose(g + 1, [...placed, d]);
      return;
    }
    const replicas = on.map((of) => of.reduce((sum, n) => sum + n, 0));
    const spare = (most: readonly number[]): number[] => most.map((n, at) => n - (counts[at] ?? 0));
    const thinly = atMost.map((n, at) => Math.min(n, replicas[at] ?? 0));
    filled = Math.min(filled, cost + balanceCents(file, cents, counts, spare(thinly)));
    anyhow = Math.min(anyhow, cost + balanceCents(file, cents, counts, spare(atMost)));
  };
  choose(0, []);
  return { filled: finite(filled), anyhow: finite(anyhow) };
}

const finite = (n: number): number | undefined => (n === Infinity ? undefined : n);

/** Every way to spread a group over the offerings that keeps the group's own rules: replicas on each offering. */
function distributionsOf(group: GroupEntry, offerings: readonly OfferingEntry[]): number[][] {
  const mayBe = offerings.map((o) => mayUse(group, o) && holds(group, o));
  const zones = [...new Set(offerings.filter((_, at) => mayBe[at]).map(zoneOf))];
  const found: number[][] = [];
  const from = (at: number, so: readonly number[]): void => {
    const o = offerings[at];
    if (!o) {
      if (keepsRules(group, offerings, zones, so)) found.push([...so]);
      return;
    }
    const inZone = so.reduce((sum, n, i) => (zoneOf(offerings[i] ?? o) === zoneOf(o) ? sum + n : sum), 0);
    const most = mayBe[at] ? group.replicas - inZone : 0;
    for (let n = 0; n <= most; n++) from(at + 1, [...so, n]);
  };
  from(0, []);
  return found;
}

function mayUse({ allow = {}, spotAtMost }: GroupEntry, o: OfferingEntry): boolean {
  if (o.purchase === 'spot' && spotAtMost === 0) return false;
  return (['provider', 'region', 'zone', 'arch', 'purchase', 'type'] as const).every((field) => {
    const names: readonly string[] | undefined = allow[field];
    return names === undefined || names.includes(o[field]);
  });
}

function holds(group: GroupEntry, o: OfferingEntry): boolean {
  return fits([group], o, [1]);
}

function keepsRules(
  { replicas, spotAtMost, zoneSkew, survive }: GroupEntry,
  offerings: readonly OfferingEntry[],
  zones: readonly string[],
  so: readonly number[],
): boolean {
  const where = (of: (o: OfferingEntry) => boolean): number =>
    so.reduce((sum, n, at) => (offerings[at] && of(offerings[at]) ? sum + n : sum), 0);
  const all = where(() => true);
  if (all < replicas) return false;
  if (spotAtMost !== undefined && where((o) => o.purchase === 'spot') > spotAtMost * replicas) return false;
  if (zoneSkew !== undefined) {
    const counts = zones.map((zone) => where((o) => zoneOf(o) === zone));
    if (Math.max(...counts) - Math.min(...counts) > zoneSkew) return false;
  }
  if (!survive) return true;
  const lossOf = (o: OfferingEntry): string =>
    survive.loss === 'zone' ? zoneOf(o) : survive.loss === 'region' ? `${o.provider}/${o.region}` : o.provider;
  return [...new Set(offerings.map(lossOf))].every(
    (lost) => all - where((o) => lossOf(o) === lost) >= survive.share * replicas,
  );
}

const zoneOf = (o: OfferingEntry): string => `${o.provider}/${o.region}/${o.zone}`;

function minimal(all: readonly number[][]): number[][] {
  const size = (d: readonly number[]): number => d.reduce((sum, n) => sum + n, 0);
  const kept: number[][] = [];
  for (const d of all.toSorted((a, b) => size(a) - size(b)))
    if (!kept.some((k) => k.every((n, at) => n <= (d[at] ?? 0)))) kept.push(d);
  return kept;
}

/** The fewest nodes of one offering that hold so many replicas of each group, by filling one node after another. */
function nodesFor(groups: readonly GroupEntry[], o: OfferingEntry): (wanted: readonly number[]) => number {
  const known = new Map<string, number>();
  const fewest = (wanted: readonly number[]): number => {
    if (wanted.every((n) => n === 0)) return 0;
    const key = wanted.join();
    let answer = known.get(key);
    if (answer === undefined) {
      answer = Infinity;
      for (const filling of fillingsOf(groups, o, wanted))
        answer = Math.min(answer, 1 + fewest(wanted.map((n, g) => n - (filling[g] ?? 0))));
      known.set(key, answer);
    }
    return answer;
  };
  return fewest;
}

/** What may be on one node of so many replicas of each group; not nothing. */
function fillingsOf(groups: readonly GroupEntry[], o: OfferingEntry, wanted: readonly number[]): number[][] {
  let fillings: number[][] = [[]];
  wanted.forEach((n, g) => {
    const most = Math.min(n, groups[g]?.perNodeAtMost ?? Infinity);
    fillings = fillings.flatMap((f) =>
      Array.from({ length: most + 1 }, (_, k) => [...f, k]).filter((f_) => fits(groups, o, f_)),
    );
  });
  return fillings.filter((f) => f.some((n) => n > 0));
}

function fits(groups: readonly GroupEntry[], { allocatable }: OfferingEntry, counts: readonly number[]): boolean {
  const used = (name: 'cpu' | 'memory'): number =>
    counts.reduce((sum, n, g) => sum + n * Number(groups[g]?.requests[name] ?? 0), 0);
  const pods = counts.reduce((sum, n) => sum + n, 0);
  return (
    used('cpu') <= Number(allocatable['cpu'] ?? 0) &&
    used('memory') <= Number(allocatable['memory'] ?? 0) &&
    pods <= Number(allocatable['pods'] ?? Infinity)
  );
}

/**
 * What more nodes of others cost that bring a vendor's share of the bill down to its limit; Infinity when none do.
 * Reachable sums are counted cent by cent.
 *
 * @param spare how many more nodes of each offering there may be
 */
function balanceCents(
  { rules, offerings }: ProblemFile,
  cents: readonly number[],
  counts: readonly number[],
  spare: readonly number[],
): number {
  const [capped] = Object.entries(rules?.vendorShareAtMost ?? {});
  if (!capped) return 0;
  const [provider, share] = capped;
  const spent = (of: (o: OfferingEntry) => boolean): number =>
    counts.reduce((sum, n, at) => (offerings[at] && of(offerings[at]) ? sum + n * (cents[at] ?? 0) : sum), 0);
  const missing = Math.ceil(spent((o) => o.provider === provider) / share - spent(() => true));
  if (missing <= 0) return 0;
  const others = offerings.flatMap((o, at) =>
    o.provider === provider ? [] : [{ price: cents[at] ?? 0, left: spare[at] ?? 0 }],
  );
  const most = missing + Math.max(0, ...others.map(({ price }) => price));
  let reached = new Set([0]);
  for (const { price, left } of others) {
    const further = new Set(reached);
    for (const sum of reached) for (let n = 1; n <= left && sum + n * price <= most; n++) further.add(sum + n * price);
    reached = further;
  }
  return Math.min(Infinity, ...[...reached].filter((sum) => sum >= missing));
}
