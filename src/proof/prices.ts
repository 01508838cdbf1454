import type { AnswerFile } from '../interchange/answer-file.ts';
import type { ProblemFile } from '../interchange/problem-file.ts';
import { domainOf } from './rules.ts';
import { HAIR, type Scene, usable } from './scene.ts';

/**
 * The certificate's prices, put where they count. All are USD per hour and at least 0.
 *
 * Each price goes with one inequality that every allowed placement keeps, so that prices times inequalities add up to
 * an inequality on the cost: weak duality. What one price speaks of is said at its field.
 */
export interface Prices {
  /** replicas of g placed ≥ needed */
  readonly group: Float64Array;
  /** replicas of g on spot ≤ ⌊spotAtMost × needed⌋ */
  readonly spot: Float64Array;
  /** nodes of o ≤ atMost */
  readonly availability: Float64Array;
  /** provider → its cost − share × all cost ≤ 0 */
  readonly vendor: ReadonlyMap<string, number>;
  /** of g, by what is lost: replicas elsewhere ≥ ⌈share × needed⌉ */
  readonly survive: readonly ReadonlyMap<string, number>[];
  /** of g, by zone: replicas there − the emptiest zone's ≤ zoneSkew */
  readonly fullest: readonly ReadonlyMap<string, number>[];
  /** of g, by zone: replicas there − the emptiest zone's ≥ 0 */
  readonly least: readonly ReadonlyMap<string, number>[];
}

/** @returns prices and what is wrong with them: names of no rule, and figures below 0 */
export function pricesOf(
  problem: ProblemFile,
  scene: Scene,
  { certificate }: AnswerFile,
): { readonly prices: Prices; readonly faults: readonly string[] } {
  const faults: string[] = [];
  const taken = (name: string, price: number): number => {
    if (price < 0) faults.push(`the price of ${name} is ${price}, less than nothing`);
    return Math.max(0, price);
  };
  const group = new Float64Array(scene.groups.length);
  for (const [name, price] of Object.entries(certificate.groupPrices)) {
    const g = scene.groupAt.get(name);
    if (g === undefined) faults.push(`a price is given for ${name}, which is no group of the problem`);
    else group[g] = taken(name, price);
  }
  const availability = new Float64Array(scene.offerings.length);
  for (const [id, price] of Object.entries(certificate.availabilityPrices)) {
    const o = scene.offeringAt.get(id);
    if (o === undefined) faults.push(`an availability price is given for ${id}, which is no offering of the problem`);
    else if (scene.offerings[o]?.atMost === undefined) faults.push(`${id} has an availability price and no atMost`);
    else availability[o] = taken(id, price);
  }
  const rules = rulePrices(problem, scene);
  for (const [name, price] of Object.entries(certificate.rulePrices)) {
    const put = rules.put.get(name);
    if (put) put(taken(name, price));
    else faults.push(`a price is given for ${name}, which is no rule of the problem`);
  }
  return { prices: { group, availability, ...rules.prices }, faults };
}

/** What each rule of the problem is called in a certificate, and where its price goes. */
function rulePrices(problem: ProblemFile, scene: Scene) {
  const { groups, offerings } = scene;
  const spot = new Float64Array(groups.length);
  const vendor = new Map<string, number>();
  const byGroup = (): Map<string, number>[] => groups.map(() => new Map<string, number>());
  const [survive, fullest, least] = [byGroup(), byGroup(), byGroup()];
  const put = new Map<string, (price: number) => void>();
  for (const provider of Object.keys(problem.rules?.vendorShareAtMost ?? {})) {
    put.set(`vendorShareAtMost/${provider}`, (price) => vendor.set(provider, price));
  }
  groups.forEach((group, g) => {
    const { name } = group;
    if ((group.spotAtMost ?? 1) < 1) put.set(`spotAtMost/${name}`, (price) => (spot[g] = price));
    if (group.survive) {
      const { loss } = group.survive;
      for (const lost of new Set(offerings.map((o) => domainOf(o, loss)))) {
        put.set(`survive/${name}/${lost}`, (price) => survive[g]?.set(lost, price));
      }
    }
    if (group.zoneSkew === undefined) return;
    for (const zone of new Set(usable(scene, g).map((o) => scene.zoneOf[o] ?? ''))) {
      put.set(`zoneSkew/${name}/${zone}`, (price) => fullest[g]?.set(zone, price));
      put.set(`zoneSkew/${name}/${zone}/least`, (price) => least[g]?.set(zone, price));
    }
  });
  return { put, prices: { spot, vendor, survive, fullest, least } };
}

const all = (prices: ReadonlyMap<string, number> | undefined): number =>
  [...(prices?.values() ?? [])].reduce((sum, price) => sum + price, 0);

/** What the prices prove that any placement costs at least. */
export function boundOf({ groups, offerings }: Scene, prices: Prices, needed: readonly number[]): number {
  let usd = 0;
  groups.forEach(({ spotAtMost = 1, survive, zoneSkew = 0 }, g) => {
    const replicas = needed[g] ?? 0;
    usd += replicas * (prices.group[g] as number);
    usd -= Math.floor(spotAtMost * replicas + HAIR) * (prices.spot[g] as number);
    usd += Math.ceil((survive?.share ?? 0) * replicas - HAIR) * all(prices.survive[g]);
    usd -= zoneSkew * all(prices.fullest[g]);
  });
  offerings.forEach(({ atMost = 0 }, o) => (usd -= atMost * (prices.availability[o] as number)));
  return usd;
}

/**
 * The emptiest zone's replicas are priced by both kinds of zone prices, and must not come out worth more than nothing:
 * otherwise one could promise many of them.
 */
export function zonePriceFaults({ groups }: Scene, { fullest, least }: Prices): readonly string[] {
  return groups.flatMap(({ name }, g) => {
    const [high, low] = [all(fullest[g]), all(least[g])];
    return low >= high * (1 - HAIR)
      ? []
      : [`the prices of being an emptiest zone of ${name} add up to ${low}, less than the ${high} of being a fullest`];
  });
}

/** What a node of o costs at these prices: vendors' shares make it dearer or cheaper, scarcity dearer. */
export function nodePrice({ offerings }: Scene, { rules }: ProblemFile, prices: Prices, o: number): number {
  const { provider = '', usdPerHour = 0 } = offerings[o] ?? {};
  let factor = 1;
  for (const [capped, price] of prices.vendor) {
    const share = rules?.vendorShareAtMost?.[capped] ?? 0;
    factor += price * ((capped === provider ? 1 : 0) - share);
  }
  return usdPerHour * factor + (prices.availability[o] as number);
}

/** Offerings on which each group's replicas are worth the same, with what one of each is worth. */
export function worthClasses(
  scene: Scene,
  prices: Prices,
): readonly { readonly worths: Float64Array; readonly offerings: readonly number[] }[] {
  const worthAt = worthsByPlace(scene, prices);
  const { groups, offerings, allowed } = scene;
  const classes = new Map<string, { worths: Float64Array; offerings: number[] }>();
  offerings.forEach((_, o) => {
    const { worths, key: place } = worthAt(o);
    let mask = '';
    for (let g = 0; g < groups.length; g++) mask += (allowed[g * offerings.length + o] as number) === 1 ? '1' : '0';
    const key = `${place} ${mask}`;
    const known = classes.get(key);
    if (known) known.offerings.push(o);
    else classes.set(key, { worths: worths.map((w, g) => (mask[g] === '1' ? w : 0)), offerings: [o] });
  });
  return [...classes.values()];
}

/** Worths by zone and purchase, which is all they depend on; places where all are the same share a key. */
function worthsByPlace(scene: Scene, prices: Prices): (o: number) => { worths: Float64Array; key: string } {
  const survivals = prices.survive.map(all);
  const known = new Map<string, { worths: Float64Array; key: string }>();
  return (o) => {
    const place = `${scene.offerings[o]?.purchase} ${scene.zoneOf[o]}`;
    let answer = known.get(place);
    if (!answer) {
      const worths = worthsAt(scene, prices, survivals, o);
      known.set(place, (answer = { worths, key: worths.join(',') }));
    }
    return answer;
  };
}

/**
 * What one replica of each group is worth where offering o is; can be less than 0.
 *
 * @param survivals the sum of each group's prices of survival
 */
function worthsAt(scene: Scene, prices: Prices, survivals: readonly number[], o: number): Float64Array {
  const offering = scene.offerings[o];
  const zone = scene.zoneOf[o] ?? '';
  return Float64Array.from(scene.groups, ({ survive }, g) => {
    const lostHere = survive ? (prices.survive[g]?.get(domainOf(offering, survive.loss)) ?? 0) : 0;
    const spot = offering?.purchase === 'spot' ? (prices.spot[g] as number) : 0;
    const spread = (prices.least[g]?.get(zone) ?? 0) - (prices.fullest[g]?.get(zone) ?? 0);
    return (prices.group[g] as number) - spot + (survivals[g] ?? 0) - lostHere + spread;
  });
}
