import { placeOf, PROVIDERS, type Offering, type ProviderName } from '../catalog/offering.ts';
import { globMatch } from '../fleet/glob.ts';
import { nearest } from '../fleet/nearest.ts';
import { ruledOut, shortOf } from '../placement/eligible.ts';
import { entryOf, type Entry } from '../placement/enter.ts';
import type { Candidate, Group } from '../placement/problem.ts';
import type { LinearSolver } from '../ports.ts';
import { NO_RESOURCES } from '../quantity.ts';
import { amount, counted, named, percent, percentChange, rate } from '../figures.ts';
import { shortened } from '../trouble.ts';
import type { UsdPerHour } from '../units.ts';
import { byText } from './order.ts';
import type { Decided } from './plan.ts';
import { reachable } from './reachable.ts';
import { vendorText, vendorWhys, type VendorWhy } from './vendors.ts';

/** Why an offering is not in a plan: the first thing in its way, in the order in which a plan is made. */
interface WhyNot {
  readonly offering: string;
  readonly because: Because;
  readonly text: string;
  /** list price of one node; undefined where there is no such offering */
  readonly usdPerHour?: number;
  /** with `dearer` and `even`: what would bring it in */
  readonly entry?: Entry;
  /** of an offering with `entry`: the share of its price that would have to come off; 0 where none has to */
  readonly discount?: number;
  /** asked for a vendor as a whole: what would bring it in, or more of it */
  readonly vendor?: VendorWhy;
}

export type Because =
  /** the catalog has no such offering */
  | 'unknown'
  /** the fleet has no such cloud, region or zone */
  | 'not-in-fleet'
  | 'no-pool'
  | 'sold-out'
  /** no group may use it */
  | 'ruled-out'
  /** groups may use it, but one replica is larger than a node */
  | 'nothing-fits'
  | 'no-placement'
  | 'dearer'
  /** it costs what it is worth: another choice of the same price was made */
  | 'even'
  | 'in-plan';

export interface WhyNotAnswers {
  readonly asked: string;
  readonly answers: readonly WhyNot[];
  /** matching offerings beyond the limit */
  readonly more: number;
}

/**
 * @param asked a vendor's name, an offering's id or an instance type, `*` for any run of characters
 * @param limit most answers, the cheapest offerings first
 * @param sold what the catalog has in the fleet's regions beside the types that pools and templates name, by type
 * @param solver tells of a vendor at which discount it enters; without it only whether it is used
 */
export function whyNot(
  decided: Omit<Decided, 'judgements'>,
  asked: string,
  limit = 10,
  sold: ReadonlyMap<string, Sold> = new Map(),
  solver?: LinearSolver,
): WhyNotAnswers {
  const vendor = PROVIDERS.find((provider) => provider === asked);
  if (vendor !== undefined) return { asked, answers: [vendorAnswer(decided, vendor, solver)], more: 0 };
  const { offerings } = decided.observation;
  const matching = offerings.filter((o) => globMatch(asked, asked.includes('/') ? o.id : o.type));
  if (matching.length === 0) return { asked, answers: [unknown(decided, asked, sold)], more: 0 };
  const cheapest = matching.toSorted((a, b) => a.price.usdPerHour - b.price.usdPerHour || byText(a.id, b.id));
  return {
    asked,
    answers: cheapest.slice(0, limit).map((offering) => answerFor(decided, offering)),
    more: Math.max(0, cheapest.length - limit),
  };
}

function vendorAnswer(
  decided: Omit<Decided, 'judgements'>,
  provider: ProviderName,
  solver: LinearSolver | undefined,
): WhyNot {
  const { fleet, observation, problem, plan } = decided;
  const answer = (because: Because, text: string, vendor?: VendorWhy): WhyNot => ({
    offering: provider,
    because,
    text,
    ...(vendor && { vendor }),
  });
  if (!fleet.clouds.some((c) => c.provider === provider))
    return answer('not-in-fleet', `the fleet is not on ${provider}`);
  const own = problem.offerings.filter((o) => o.provider === provider);
  if (own.length === 0) {
    const all = observation.offerings.filter((o) => o.provider === provider);
    return answer(
      'no-pool',
      `no pool or template can bring any of the ${counted(all.length, 'offering')} of ${provider}`,
    );
  }
  const users = problem.groups.filter((g) => g.replicas > 0 && own.some((o) => forbids(decided, g, o) === undefined));
  if (users.length === 0) return answer('ruled-out', `no group may use any of its ${counted(own.length, 'offering')}`);
  if (plan.placement.status === 'infeasible') return answer('no-placement', NO_PLACEMENT);
  const why = solver && vendorWhys(decided, [provider], solver)[0];
  const text = why && vendorText(why);
  const placed = plan.placement.nodes.some((n) => n.offering.startsWith(`${provider}/`));
  if (placed) return answer('in-plan', text === undefined ? `${provider} is in the plan` : `${provider} ${text}`, why);
  if (!why || text === undefined) return answer('dearer', `${provider} is not used: nothing of it is worth its price`);
  return answer(why.discount === 0 ? 'even' : 'dearer', `${provider} ${text}`, why);
}

const NO_PLACEMENT = 'no placement keeps every rule, so nothing was chosen';

function unknown(
  { fleet, observation }: Omit<Decided, 'judgements'>,
  asked: string,
  sold: ReadonlyMap<string, Sold>,
): WhyNot {
  const answer = (because: Because, text: string): WhyNot => ({ offering: asked, because, text });
  const [provider = '', region, zone, type] = asked.split('/');
  const unnamed = sold.get(type ?? asked);
  if (unnamed && (region === undefined || unnamed.place === `${provider}/${region}`))
    return notNamed(asked, type ?? asked, unnamed);
  if (region === undefined) return answer('unknown', unknownType(asked, observation.offerings));
  const cloud = fleet.clouds.filter((c) => c.provider === provider);
  const regions = cloud.flatMap((c) => c.regions);
  const inFleet = regions.find((r) => r.name === region);
  if (!provider.includes('*') && cloud.length === 0)
    return answer('not-in-fleet', `the fleet is not on ${shortened(provider)}`);
  if (!region.includes('*') && regions.length > 0 && !inFleet) {
    const names = named(
      regions.map((r) => r.name),
      6,
    );
    return answer('not-in-fleet', `the fleet is not in ${shortened(region)}; at ${provider} it is in ${names}`);
  }
  if (inFleet && zone !== undefined && !zone.includes('*') && !inFleet.zones.includes(zone)) {
    return answer(
      'not-in-fleet',
      `the fleet does not use zone ${shortened(zone)}; in ${region} it uses ${named(inFleet.zones, 6)}`,
    );
  }
  const there = observation.offerings.filter((o) => o.provider === provider && o.region === region);
  const elsewhere = [...new Set(there.filter((o) => o.type === type).map((o) => `${o.zone} ${o.purchase}`))];
  if (elsewhere.length > 0)
    return answer('unknown', `the catalog has ${type} in ${region} only as ${named(elsewhere, 6)}`);
  return answer('unknown', unknownType(type ?? asked, there.length > 0 ? there : observation.offerings));
}

/** A type that can be had where the fleet is, and that nobody has asked for. */
export interface Sold {
  /** `provider/region` where it is cheapest */
  readonly place: string;
  /** on demand, list price */
  readonly usdPerHour: UsdPerHour;
}

function notNamed(asked: string, type: string, { place, usdPerHour }: Sold): WhyNot {
  const text =
    `no pool or template of the fleet names ${type}; ${place} sells it for ${rate(usdPerHour)} on demand: ` +
    'add it to the types of a template to have it considered';
  return { offering: asked, because: 'no-pool', text };
}

function unknownType(type: string, offerings: readonly Offering[]): string {
  const known = [...new Set(offerings.map((o) => o.type))].toSorted();
  const close = nearestTypes(type, known);
  const meant = close.length > 0 ? `; did you mean ${close.join(' or ')}?` : '';
  return `the catalog has no ${shortened(type)} in the fleet's regions${meant}`;
}

/** What it may be a misspelling of; failing that, types that begin alike: a size that the family does not have. */
function nearestTypes(type: string, known: readonly string[]): readonly string[] {
  const guess = nearest(type, known);
  const alike = (name: string): number => {
    let n = 0;
    while (n < name.length && name[n]?.toLowerCase() === type[n]?.toLowerCase()) n++;
    return n;
  };
  const siblings = known
    .map((name) => ({ name, alike: alike(name) }))
    .filter((s) => s.name !== guess && s.alike >= Math.max(3, type.length / 3))
    .toSorted((a, b) => b.alike - a.alike || byText(a.name, b.name))
    .map((s) => s.name);
  return [...(guess === undefined ? [] : [guess]), ...siblings].slice(0, 3);
}

function answerFor(decided: Omit<Decided, 'judgements'>, offering: Offering): WhyNot {
  const { fleet, observation, problem, plan } = decided;
  const answer = (because: Because, text: string, entry?: Entry): WhyNot => ({
    offering: offering.id,
    because,
    text,
    usdPerHour: offering.price.usdPerHour,
    ...(entry && { entry, discount: Math.max(0, 1 - ratioOf(decided, offering, entry)) }),
  });
  const placed = plan.placement.nodes.filter((n) => n.offering === offering.id).reduce((sum, n) => sum + n.count, 0);
  if (placed > 0) return answer('in-plan', inPlan(decided, offering, placed));
  const reach = reachable(fleet, observation.pools, [offering]).unreachable.get(offering.id);
  if (reach)
    return answer(reach.kind, reach.kind === 'sold-out' ? `it cannot be had now: ${reach.reason}` : reach.reason);
  const candidate = problem.offerings.find((c) => c.id === offering.id) ?? {
    ...offering,
    usdPerHour: offering.price.usdPerHour,
  };
  const users = problem.groups.filter(
    (group) => group.replicas > 0 && forbids(decided, group, candidate) === undefined,
  );
  if (users.length === 0) return answer('ruled-out', ruledOutText(decided, candidate));
  const fitting = users.filter((group) => shortOf(group.requests, candidate.allocatable) === undefined);
  if (fitting.length === 0) {
    const short = users.map((g) => `${g.name} needs ${shortOf(g.requests, candidate.allocatable)}`);
    return answer('nothing-fits', `no replica that may run here fits on a node: ${named(short)}`);
  }
  if (plan.placement.status === 'infeasible') return answer('no-placement', NO_PLACEMENT);
  const entry = entryOf(problem, plan.placement, candidate);
  return entry ? priced(decided, offering, candidate, entry, answer) : answer('dearer', fallbackText(decided));
}

function inPlan({ plan }: Omit<Decided, 'judgements'>, offering: Offering, placed: number): string {
  const pools = plan.pools
    .filter((p) => p.offering === offering.id)
    .map((p) => `${p.pool} ${p.from} → ${p.to}${p.goal === p.to ? '' : `, later ${p.goal}`}`);
  const scarce = plan.placement.certificate.availabilityPrices[offering.id];
  const more = scarce === undefined ? '' : `; no more of them can be had, and one more would save ${rate(scarce)}`;
  return `it is in the plan: ${counted(placed, 'node')} (${named(pools)})${more}`;
}

/** Why a group may not use an offering whatever its size. */
function forbids({ plan }: Pick<Decided, 'plan'>, group: Group, candidate: Candidate): string | undefined {
  const place = plan.demand.find((d) => d.name === group.name)?.ruledOut.get(placeOf(candidate));
  return place ?? ruledOut({ ...group, requests: NOTHING }, candidate);
}

function ruledOutText(decided: Pick<Decided, 'plan' | 'problem'>, candidate: Candidate): string {
  const reasons = new Map<string, string[]>();
  for (const group of decided.problem.groups) {
    const reason = group.replicas > 0 ? forbids(decided, group, candidate) : 'needs no replica';
    if (reason !== undefined) reasons.set(reason, [...(reasons.get(reason) ?? []), group.name]);
  }
  const words = [...reasons].map(([reason, groups]) => `${named(groups)}: ${reason}`);
  return words.length === 0 ? 'the fleet has no group' : `ruled out for every group: ${words.join('; ')}`;
}

function priced(
  { plan }: Pick<Decided, 'plan'>,
  offering: Offering,
  candidate: Candidate,
  entry: Entry,
  answer: (because: Because, text: string, entry?: Entry) => WhyNot,
): WhyNot {
  const { entersAtUsdPerHour: worth, filling } = entry;
  const price = candidate.usdPerHour;
  const carries = named(Object.entries(filling).map(([group, n]) => `${n} × ${group}`));
  const extra = price - offering.price.usdPerHour;
  const cost = `it costs ${rate(price)}${extra > 5e-5 ? `, ${amount(extra)} of it for expected interruptions` : ''}`;
  if (worth < price * (1 - EVEN)) {
    const text = `dearer: a node carries at best ${carries}, worth ${rate(worth)} at this plan's prices; ${cost}; it enters at ${percentChange(worth / price - 1)} of its list price, ${rate((worth / price) * offering.price.usdPerHour)}`;
    return answer('dearer', text, entry);
  }
  const gap = percent(plan.placement.gap);
  return answer(
    'even',
    `as good as what was chosen: a node carries ${carries}, worth ${rate(worth)}; ${cost}. The plan is within ${gap} of its bound without it`,
    entry,
  );
}

/** Price at which an offering enters over its price; expected interruptions are a share of it, so of the list price too. */
function ratioOf({ problem }: Pick<Decided, 'problem'>, offering: Offering, { entersAtUsdPerHour }: Entry): number {
  const candidate = problem.offerings.find((c) => c.id === offering.id);
  const ratio = entersAtUsdPerHour / (candidate?.usdPerHour ?? offering.price.usdPerHour);
  return ratio >= 1 - EVEN ? 1 : ratio;
}

/** Dual prices are exact to the solver's tolerance; nearer than this, an offering is neither dearer nor cheaper. */
const EVEN = 1e-4;

const fallbackText = ({ plan }: Pick<Decided, 'plan'>): string =>
  `the placement was found by ${plan.placement.method}, which has no prices to tell by how much it is too dear`;

const NOTHING: Group['requests'] = { ...NO_RESOURCES, pods: 0 };
