import type { Commitment, Discount } from '../catalog/contract.ts';
import type { Arch, ProviderName, Purchase } from '../catalog/offering.ts';
import type { Resources } from '../quantity.ts';
import type { Instant, Seconds, Share, UsdPerGb, UsdPerHour } from '../units.ts';

/** A fleet file, checked, with every default filled in and every quantity in its canonical unit. */
export interface Fleet {
  /** the file it was read from, as the user named it */
  readonly file: string;
  readonly name: string;
  /** from one decision to the next */
  readonly cycle: Seconds;
  /** how far the forecast looks */
  readonly horizon: Seconds;
  readonly clouds: readonly Cloud[];
  readonly pools: readonly DeclaredPool[];
  /** how pools are found on the live clouds; absent = only the declared ones are managed */
  readonly findPoolsByTag?: { readonly key: string; readonly value: string };
  readonly templates: readonly PoolTemplate[];
  readonly daemonsets: Resources;
  readonly markets: readonly Market[];
  /** what the calendar does not know; absent = nothing */
  readonly events?: readonly DeclaredEvent[];
  readonly signals: readonly SignalSpec[];
  readonly prometheus?: PrometheusSpec;
  readonly services: readonly Service[];
  readonly traffic: readonly TrafficEdge[];
  readonly commitments: readonly Commitment[];
  readonly discounts: readonly Discount[];
  readonly policies: Policies;
}

export interface Cloud {
  readonly provider: ProviderName;
  readonly regions: readonly Region[];
  /** how the live cloud is reached; absent = it is never asked, and the fleet file and the package know what is known */
  readonly access?: Access;
}

/** Where to ask, never a secret: credentials come from where each vendor's own tools look for them. */
export interface Access {
  /** Azure's subscription, Google Cloud's project; AWS: absent, its credentials name the account */
  readonly account?: string;
  /** AWS: the role to take on */
  readonly roleArn?: string;
  /** Azure: resource groups that hold the fleet's pools; absent = all of the subscription's */
  readonly resourceGroups?: readonly string[];
  /** AWS: URL of the SQS queue that EventBridge sends interruption notices to */
  readonly interruptionQueue?: string;
}

export interface Region {
  readonly provider: ProviderName;
  /** the vendor's region, or the name of an own cluster */
  readonly name: string;
  /** zones the fleet may use; never empty */
  readonly zones: readonly string[];
  /** kubeconfig contexts of the clusters whose nodes run here, or `in-cluster`; absent = none is asked */
  readonly contexts?: readonly string[];
  /** own clusters only: its machines and what leaving it costs */
  readonly own?: OwnCluster;
}

interface OwnCluster {
  readonly nodeTypes: readonly OwnNodeType[];
  /** what one GB out of the cluster costs, to anywhere */
  readonly egress: UsdPerGb;
}

export interface OwnNodeType {
  readonly name: string;
  readonly arch: Arch;
  /** what replicas and daemonsets may use: stated, not derived */
  readonly allocatable: Resources;
  readonly gpuName?: string;
  readonly usdPerHour: UsdPerHour;
  /** where the price comes from: contract, depreciation sheet … */
  readonly source: string;
  readonly asOf: Instant;
  /** machines of this type in each zone */
  readonly atMostPerZone: number;
}

/** A pool as it runs today. Pools are zonal: a regional pool is balanced by its cloud and can't be steered zone by zone. */
export interface DeclaredPool {
  readonly name: string;
  readonly provider: ProviderName;
  readonly region: string;
  readonly zone: string;
  readonly type: string;
  readonly purchase: Purchase;
  /** nodes it runs now */
  readonly nodes: number;
  readonly min: number;
  readonly max: number;
}

/** What new pools may look like. Without a template no pool is ever opened. */
export interface PoolTemplate {
  readonly name: string;
  readonly provider: ProviderName;
  /** absent = all of the cloud's regions in the fleet */
  readonly regions?: readonly string[];
  /** instance types, `*` matches any run of characters: `m7i.*` */
  readonly types: readonly string[];
  readonly purchase: readonly Purchase[];
  /** most nodes in one pool opened from it */
  readonly max: number;
  /**
   * The live pool of the same region that a new one is made like, `*` allowed: all its settings but name, zone, type
   * and purchase. Absent = plans may count on such pools, but none can be opened on a live cloud.
   */
  readonly like?: string;
}

export interface Market {
  readonly name: string;
  /** IANA time zone of its users */
  readonly timeZone: string;
  /** countries and regions whose public holidays they keep; the first knows their day of rest; absent = none */
  readonly holidays?: readonly string[];
  /** round trip from its users to each place `provider/region`, in ms. A place that is not listed has no known latency. */
  readonly latencyMs: ReadonlyMap<string, number>;
  /** places `provider/region` that may hold its users' data, `*` allowed; absent = any */
  readonly residency?: readonly string[];
}

/** An event that its owner has declared. */
export interface DeclaredEvent {
  readonly name: string;
  readonly from: EventTime;
  /** exclusive; absent = the end of that day, or an hour after that time */
  readonly to?: EventTime;
  /** absent = all */
  readonly markets?: readonly string[];
  /** load against an ordinary one; absent = learnt from earlier ones of the same name, or of `like` */
  readonly times?: number;
  /** 80% of outcomes lie within */
  readonly between?: readonly [number, number];
  /** over which the effect builds up evenly */
  readonly ramp?: Seconds;
  readonly like?: string;
  /** the past there is only left out of what is learnt */
  readonly outage: boolean;
}

/** A date or a time of an event, by the clocks of each market unless it is zoned. */
export interface EventTime {
  /** ms since 1970: on local clocks as if they were UTC, or an instant where `zoned` */
  readonly ms: number;
  readonly kind: 'day' | 'local' | 'zoned';
}

export interface SignalSpec {
  readonly name: string;
  /** what it counts: `connections`, `messages/s`, `tokens/s` */
  readonly unit: string;
  readonly step: Seconds;
  readonly sources: readonly SignalSource[];
}

/** One market's series of a signal. */
export type SignalSource = CsvSource | PrometheusSource | SumSource;
export interface CsvSource {
  readonly kind: 'csv';
  readonly market: string;
  /** relative to the fleet file's folder, already resolved against it */
  readonly file: string;
  readonly timeColumn: string;
  readonly valueColumn: string;
  /** multiplied onto every value: users online → connections */
  readonly scale: number;
  /** the series is moved in time as a whole so that its last row stands at this time: recordings of other years */
  readonly endsAt?: Instant;
}
export interface PrometheusSource {
  readonly kind: 'prometheus';
  readonly market: string;
  readonly query: string;
  readonly scale: number;
}
/** Other signals of the same market, added up and forecast as one. */
export interface SumSource {
  readonly kind: 'sum';
  readonly market: string;
  /** none of them is a sum itself, all have the step of the sum */
  readonly parts: readonly { readonly signal: string; readonly factor: number }[];
}
export interface PrometheusSpec {
  readonly url: string;
  /** name of the environment variable that holds the bearer token */
  readonly tokenEnv?: string;
  /** how much history to read */
  readonly history: Seconds;
  readonly timeout: Seconds;
}

export interface Service {
  readonly name: string;
  readonly signal: string;
  /** load in the signal's unit that one replica carries within its SLO, where `on` says nothing else */
  readonly capacityPerReplica: number;
  readonly requests: Resources;
  /** nodes on which a replica asks for or carries something else; the first that matches holds */
  readonly on: readonly OnNodes[];
  /** which quantile of the load must fit: 0.99; absent where `costs` decide it, and only there */
  readonly quantile?: number;
  readonly costs?: ShortageCosts;
  /** per market */
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly markets: readonly string[];
  /**
   * the workload that runs a market's replicas, `namespace/Kind/name`, with `{market}` for the market's name; absent =
   * what runs is not read from the clusters
   */
  readonly workload?: string;
  /** from node ready to serving */
  readonly startUp: Seconds;
  /** time over which one replica's work is moved away without harm; long for connections */
  readonly drain: Seconds;
  /** how fast a market's replicas may be let go; absent = as fast as each drains */
  readonly shrink?: ShrinkPace;
  /** largest share of a market's replicas on spot nodes */
  readonly spotAtMost: Share;
  readonly allow: Allowed;
  readonly perNodeAtMost?: number;
  /** largest difference in replicas between the zones of any one region it runs in */
  readonly zoneSkew?: number;
  /** with `reconnect` always there: a share of 0 where only the storm must be taken in */
  readonly survive?: Survive;
  readonly reconnect?: ReconnectStorm;
  /** users' round trip to the region it runs in may not exceed this; absent = it does not face users */
  readonly latencyAtMostMs?: number;
  /** whether it holds users' data, so that the market's residency binds it */
  readonly holdsUserData: boolean;
}

/** Some of the nodes that a service may run on. At least one of the two lists is there; a node must be in each that is. */
export interface OnNodes {
  readonly arch?: readonly Arch[];
  /** `*` allowed: `m5.*` */
  readonly type?: readonly string[];
  /** what a replica asks for there, to carry `capacityPerReplica` all the same */
  readonly requests?: Resources;
  /** what a replica with the same requests carries there */
  readonly capacityPerReplica?: number;
}

/** What it costs to have a replica too few and one too many: the ratio decides the quantile. */
interface ShortageCosts {
  /** USD for one unit of load, in the signal's unit, not carried for an hour */
  readonly shortageUsdPerUnitHour: number;
  /** USD for one replica that idles for an hour */
  readonly idleUsdPerReplicaHour: number;
}

/** How fast replicas of one market may be let go. Exactly one of the two is there. */
interface ShrinkPace {
  readonly replicasPerMinute?: number;
  /** load, in the signal's unit, that can be moved to other replicas in a minute */
  readonly loadPerMinute?: number;
}

/** Each list is a choice of patterns (`*` allowed); absent = any. */
export interface Allowed {
  readonly provider?: readonly ProviderName[];
  /** `provider/region` */
  readonly place?: readonly string[];
  readonly region?: readonly string[];
  readonly zone?: readonly string[];
  readonly arch?: readonly Arch[];
  readonly purchase?: readonly Purchase[];
  readonly type?: readonly string[];
  /** names of GPUs it can use */
  readonly gpu?: readonly string[];
}

export interface Survive {
  readonly loss: 'provider' | 'region' | 'zone';
  /** share of the replicas that must remain after any one is lost */
  readonly share: Share;
}

/** After a loss, clients reconnect elsewhere at once: survivors need handshake capacity on top. */
interface ReconnectStorm {
  /** time within which every lost client must be back */
  readonly within: Seconds;
  /** clients a replica can take in per second, on top of its work */
  readonly handshakesPerSecond: number;
}

export interface TrafficEdge {
  readonly from: string;
  /** a service, or `internet` for what goes to users */
  readonly to: string;
  /** a signal that counts messages per second */
  readonly signal: string;
  readonly gbPerMillionMessages: number;
  /** true: callers choose a peer in their own zone where there is one, so nothing crosses zones inside a region */
  readonly zoneAware: boolean;
}

export interface Policies {
  /** provider → largest share of the fleet's $/h */
  readonly vendorShareAtMost: ReadonlyMap<ProviderName, Share>;
  /** on top of the demand's quantile, as a share of it */
  readonly headroom: Share;
  readonly budget?: Budget;
  readonly churn: ChurnLimits;
  readonly freshness: Freshness;
}
interface Budget {
  readonly usdPerHour?: UsdPerHour;
  readonly usdPerMonth?: number;
  /** what the gate does above it */
  readonly over: 'hold' | 'stop';
}
export interface ChurnLimits {
  /** most nodes started in one cycle; absent = no limit */
  readonly startsPerCycle?: number;
  /** most nodes drained in one cycle; absent = no limit */
  readonly drainsPerCycle?: number;
  /** the time within which replacing running nodes by cheaper ones must pay for itself */
  readonly payback: Seconds;
}
interface Freshness {
  /** a plan on older prices is held */
  readonly pricesAtMost: Seconds;
  /** a plan on older load never shrinks anything and is held */
  readonly signalsAtMost: Seconds;
}
