import type { Candidate } from '../problem.ts';
import type { Grain, Location, Options } from './options.ts';
import { isOpen } from './places.ts';
import type { Terms } from './rules.ts';

/**
 * Lower estimates of what replicas cost at a location, for the vendors' shares.
 *
 * A measure gives every replica a weight on every offering such that no filling of a node weighs more than 1; then
 * a node costs at least its price × the weight on it, and replicas cost at least Σ (least price × weight). Measures:
 * each resource as a share of the node's; the resource that runs out first for the groups taken together; and for
 * each group alone 1 ÷ what fits on a node. Each holds whatever the filling, so the largest of them does.
 */
export interface Spend {
  /** provider → its offerings that some group may use: nodes for no one are not bought */
  readonly wanted: (terms: Terms, buyers: readonly number[]) => ReadonlyMap<string, readonly number[]>;
  readonly measures: number;
  /** $/h for one replica of g, at [location × measures + m]; Infinity where it may not be */
  readonly together: (g: number, grain: Grain, terms: Terms) => Float64Array;
  /** $/h for one replica of g among its like, by location */
  readonly single: (g: number, grain: Grain, terms: Terms) => Float64Array;
  /** $/h in which shares are reckoned, so that figures are near 1 */
  readonly unit: number;
}

export function spendOf(options: Options, stated: Terms): Spend {
  const first = scarcest(options, stated);
  const known = new Map<string, Float64Array>();
  const remember = (key: string, make: () => Float64Array): Float64Array => {
    const made = known.get(key) ?? make();
    known.set(key, made);
    return made;
  };
  const size = (grain: Grain): string => (grain === options.fine ? 'fine' : 'coarse');
  const together = (g: number, grain: Grain, t: Terms): Float64Array =>
    remember(`together ${size(grain)} ${g} ${t.allow[g]}`, () => togetherOf(options, grain, t, g, first));
  const single = (g: number, grain: Grain, t: Terms): Float64Array =>
    remember(`single ${size(grain)} ${g} ${t.allow[g]} ${t.perNodeAtMost[g]}`, () => singleOf(options, grain, t, g));
  let unit = 0;
  for (const g of options.groups.keys()) {
    const least = Math.min(...single(g, options.coarse, stated));
    if (least < Infinity) unit += least * (stated.replicas[g] as number);
  }
  for (const o of options.kept) unit += (options.offerings[o]?.usdPerHour ?? 0) * (stated.atLeast[o] as number);
  const byOpen = new Map<string, ReadonlyMap<string, readonly number[]>>();
  const wanted = (t: Terms, buyers: readonly number[]): ReadonlyMap<string, readonly number[]> => {
    if (t.towards.size > 0) return wantedOf(options, t, buyers);
    const key = buyers.map((g) => `${g} ${t.allow[g]}`).join(' ');
    const found = byOpen.get(key) ?? wantedOf(options, t, buyers);
    byOpen.set(key, found);
    return found;
  };
  return { wanted, measures: options.resources + 1, together, single, unit: Math.max(unit, 1e-9) };
}

function wantedOf(options: Options, terms: Terms, buyers: readonly number[]): ReadonlyMap<string, readonly number[]> {
  const { offerings, fits, blocked, fine } = options;
  const out = new Map<string, number[]>();
  for (let o = 0; o < offerings.length; o++) {
    const { provider } = offerings[o] as Candidate;
    const mine = out.get(provider) ?? [];
    out.set(provider, mine);
    const at = fine.locations[fine.of[o] as number] as Location;
    for (const g of buyers) {
      const i = g * offerings.length + o;
      if ((fits[i] as number) <= 0 || !isOpen(terms, g, blocked[i] as number, at)) continue;
      mine.push(o);
      break;
    }
  }
  return out;
}

/** For each offering the resource of which its nodes run out first, were they filled with all groups alike. */
function scarcest({ groups, resources, need, have, offerings }: Options, terms: Terms): Uint8Array {
  const wanted = new Float64Array(resources);
  for (const g of groups.keys()) {
    for (let r = 0; r < resources; r++) {
      wanted[r] = (wanted[r] as number) + (need[g * resources + r] as number) * (terms.replicas[g] as number);
    }
  }
  return Uint8Array.from(offerings, (_, o) => {
    let first = 0;
    let most = 0;
    for (let r = 0; r < resources; r++) {
      const share = (wanted[r] as number) / (have[o * resources + r] as number);
      if (share > most) [most, first] = [share, r];
    }
    return first;
  });
}

function togetherOf(
  options: Options,
  { of, locations }: Grain,
  terms: Terms,
  g: number,
  first: Uint8Array,
): Float64Array {
  const { offerings, fits, blocked, resources, need, have } = options;
  const measures = resources + 1;
  const out = new Float64Array(locations.length * measures).fill(Infinity);
  const shut = ~(terms.allow[g] as number);
  for (let o = 0; o < offerings.length; o++) {
    const at = g * offerings.length + o;
    if ((fits[at] as number) <= 0 || ((blocked[at] as number) & shut) !== 0) continue;
    const usd = (offerings[o] as Candidate).usdPerHour;
    const base = (of[o] as number) * measures;
    for (let r = 0; r < resources; r++) {
      const needed = need[g * resources + r] as number;
      const weight = needed > 0 ? (usd * needed) / (have[o * resources + r] as number) : 0;
      if (weight < (out[base + r] as number)) out[base + r] = weight;
      if (r === first[o] && weight < (out[base + resources] as number)) out[base + resources] = weight;
    }
  }
  return out;
}

function singleOf(options: Options, { of, locations }: Grain, terms: Terms, g: number): Float64Array {
  const { offerings, fits, blocked } = options;
  const out = new Float64Array(locations.length).fill(Infinity);
  const shut = ~(terms.allow[g] as number);
  const perNode = terms.perNodeAtMost[g] as number;
  for (let o = 0; o < offerings.length; o++) {
    const at = g * offerings.length + o;
    if ((fits[at] as number) <= 0 || ((blocked[at] as number) & shut) !== 0) continue;
    const usd = (offerings[o] as Candidate).usdPerHour / Math.min(fits[at] as number, perNode);
    const l = of[o] as number;
    if (usd < (out[l] as number)) out[l] = usd;
  }
  return out;
}
